import type { ErasureState } from '@lethe/domain'
import { unwrap, type GatewayClient } from '../gateway-client.js'

export interface ListedErasure {
  readonly number: number
  readonly state: ErasureState
  readonly stateReason: string | null
  readonly forgetCount: number
  readonly owner: { readonly subjectKey: string } | null
  readonly clock: { readonly state: string; readonly dueAt: string }
}

export interface ShownErasure extends ListedErasure {
  readonly id: string
  readonly ground: string
  readonly identityMethod: string | null
  readonly resumesAt: ErasureState | null
  readonly allowedActions: readonly string[]
  readonly related: readonly {
    readonly relation: string
    readonly sharedCount: number
    readonly request: { readonly number: number; readonly state: ErasureState }
  }[]
  readonly batch: readonly { readonly number: number }[]
  readonly plan: readonly {
    readonly action: string
    readonly method: string | null
    readonly state: string
    readonly basis: string | null
    readonly modelVersion: { readonly number: number; readonly model: { readonly name: string } }
  }[]
  readonly timeline: readonly {
    readonly at: string
    readonly summary: string
    readonly by: string | null
    readonly evidenceSeq: number
  }[]
}

const listed = 'number state stateReason forgetCount owner { subjectKey } clock { state dueAt }'
const shown = `id ${listed} ground identityMethod resumesAt allowedActions
  related { relation sharedCount request { number state } } batch { number }
  plan { action method state basis modelVersion { number model { name } } } timeline { at summary by evidenceSeq }`

/** Newest first. */
export async function listErasures(
  client: GatewayClient,
  variables: { first: number; state?: ErasureState },
): Promise<{ totalCount: number; requests: ListedErasure[] }> {
  const { erasureRequests } = await client.request<{
    erasureRequests: { totalCount: number; edges: { node: ListedErasure }[] }
  }>(
    `query ($first: Int!, $state: ErasureState) {
      erasureRequests(first: $first, state: $state) { totalCount edges { node { ${listed} } } }
    }`,
    variables,
  )
  return { totalCount: erasureRequests.totalCount, requests: erasureRequests.edges.map(({ node }) => node) }
}

export async function showErasure(client: GatewayClient, id: string): Promise<ShownErasure> {
  const { erasureRequest } = await client.request<{ erasureRequest: ShownErasure }>(
    `query ($id: ID!) { erasureRequest(id: $id) { ${shown} } }`,
    { id },
  )
  return erasureRequest
}

export interface RaiseErasure {
  readonly idempotencyKey: string
  readonly selection: { readonly subjectKey?: string; readonly contentIds?: readonly string[] }
  readonly ground: string
  readonly receivedAt?: string
  readonly statuteId?: string
}

/** @throws DomainError with the code of the refusal */
export async function raiseErasure(client: GatewayClient, input: RaiseErasure): Promise<ShownErasure> {
  const { requestErasure } = await client.request<{ requestErasure: ShownErasure & { __typename: 'ErasureRequest' } }>(
    `mutation ($input: RequestErasureInput!) {
      requestErasure(input: $input) { __typename ... on ErasureRequest { ${shown} } ... on UserError { code message field } }
    }`,
    { input },
  )
  return unwrap(requestErasure)
}

/** @throws DomainError with the code of the refusal */
export async function withdrawErasure(
  client: GatewayClient,
  input: { idempotencyKey: string; erasureRequestId: string; reason: string },
): Promise<ShownErasure> {
  const { withdrawErasure: result } = await client.request<{
    withdrawErasure: ShownErasure & { __typename: 'ErasureRequest' }
  }>(
    `mutation ($input: ErasureDecisionInput!) {
      withdrawErasure(input: $input) { __typename ... on ErasureRequest { ${shown} } ... on UserError { code message field } }
    }`,
    { input },
  )
  return unwrap(result)
}

export interface ErasureImport {
  readonly accepted: number
  readonly known: number
  readonly refused: number
  readonly rows: readonly {
    readonly row: number
    readonly outcome: 'TAKEN_IN' | 'KNOWN' | 'VALID' | 'REFUSED'
    readonly code: string | null
    readonly field: string | null
    readonly message: string | null
    readonly request: { readonly number: number } | null
  }[]
}

/** @throws DomainError where the list as a whole is refused */
export async function importErasures(
  client: GatewayClient,
  input: { idempotencyKey: string; csv: string; dryRun: boolean },
): Promise<ErasureImport> {
  const { importErasures: result } = await client.request<{
    importErasures: ErasureImport & { __typename: 'ErasureImport' }
  }>(
    `mutation ($input: ImportErasuresInput!) {
      importErasures(input: $input) {
        __typename ... on ErasureImport { accepted known refused rows { row outcome code field message request { number } } }
        ... on UserError { code message field }
      }
    }`,
    { input },
  )
  return unwrap(result)
}
