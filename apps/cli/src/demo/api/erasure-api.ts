import type { AuditPolicy, AuditReport, ErasureState, UnlearningRecipe, Verdict } from '@lethe/domain'
import { unwrap, type GatewayClient } from '../gateway-client.js'
import { runFields, type Run } from './run-api.js'

export interface ErasureRequest {
  readonly id: string
  readonly number: number
  readonly state: ErasureState
  readonly stateReason: string | null
  readonly owner: { readonly subjectKey: string } | null
  readonly forgetCount: number
  readonly forgetDigest: string
  readonly policyDigest: string | null
  readonly planDigest: string | null
  readonly approvals: readonly { readonly userName: string }[]
  readonly requiredApprovals: number
  readonly clock: {
    readonly state: string
    readonly dueAt: string
    readonly citation: string
    readonly events: readonly { readonly kind: string; readonly at: string }[]
  }
  readonly audits: readonly { readonly id: string; readonly number: number; readonly verdict: Verdict }[]
  readonly runs: readonly Run[]
  readonly receivedAt: string
  readonly closedAt: string | null
}

const fields = `id number state stateReason owner { subjectKey } forgetCount forgetDigest policyDigest planDigest
  approvals { userName } requiredApprovals clock { state dueAt citation events { kind at } }
  audits { id number verdict } runs { ${runFields} } receivedAt closedAt`

/** The viewer's own view; staff see every request of the tenant. */
export async function findErasure(client: GatewayClient, subjectKey: string): Promise<ErasureRequest | null> {
  const { erasureRequests } = await client.request<{ erasureRequests: { edges: { node: ErasureRequest }[] } }>(
    `query { erasureRequests(first: 20) { edges { node { ${fields} } } } }`,
  )
  const open = erasureRequests.edges.map(({ node }) => node).filter(({ owner }) => owner?.subjectKey === subjectKey)
  return open.find(({ state }) => state !== 'REJECTED' && state !== 'WITHDRAWN') ?? null
}

export async function readErasure(client: GatewayClient, id: string): Promise<ErasureRequest> {
  const { erasureRequest } = await client.request<{ erasureRequest: ErasureRequest }>(
    `query ($id: ID!) { erasureRequest(id: $id) { ${fields} } }`,
    { id },
  )
  return erasureRequest
}

interface ErasureInputs {
  requestErasure: {
    input: 'RequestErasureInput'
    fields: { selection: { subjectKey?: string; contentIds?: readonly string[] }; ground: string }
  }
  verifyIdentity: { input: 'ErasureDecisionInput'; fields: { erasureRequestId: string; reason: string } }
  planErasure: {
    input: 'PlanErasureInput'
    fields: {
      erasureRequestId: string
      unlearning: UnlearningRecipe
      comparisons: readonly UnlearningRecipe[]
      policy: AuditPolicy
    }
  }
  approveErasure: { input: 'ErasureDecisionInput'; fields: { erasureRequestId: string; planDigest: string | null } }
}

const inputTypes: { readonly [Name in keyof ErasureInputs]: ErasureInputs[Name]['input'] } = {
  requestErasure: 'RequestErasureInput',
  verifyIdentity: 'ErasureDecisionInput',
  planErasure: 'PlanErasureInput',
  approveErasure: 'ErasureDecisionInput',
}

/** Any of the mutations that answer with the request. @throws DomainError with the code of the refusal. */
export async function changeErasure<Name extends keyof ErasureInputs>(
  client: GatewayClient,
  mutation: Name,
  input: ErasureInputs[Name]['fields'] & { idempotencyKey: string },
): Promise<ErasureRequest> {
  const { result } = await client.request<{ result: ErasureRequest & { __typename: 'ErasureRequest' } }>(
    `mutation ($input: ${inputTypes[mutation]}!) {
      result: ${mutation}(input: $input) {
        __typename ... on ErasureRequest { ${fields} } ... on UserError { code message field }
      }
    }`,
    { input },
  )
  return unwrap(result)
}

export interface Audit {
  readonly id: string
  readonly number: number
  readonly verdict: Verdict
  readonly report: AuditReport
  readonly before: { readonly id: string; readonly number: number }
  readonly after: { readonly id: string; readonly number: number }
  readonly run: Run | null
}

export async function readAudit(client: GatewayClient, id: string): Promise<Audit> {
  const { audit } = await client.request<{ audit: Audit }>(
    `query ($id: ID!) {
      audit(id: $id) { id number verdict report before { id number } after { id number } run { ${runFields} } }
    }`,
    { id },
  )
  return audit
}
