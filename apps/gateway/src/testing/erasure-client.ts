import type { GatewayRig, TestRole, TestTenant } from './gateway-rig.js'

export interface Answer {
  readonly __typename: string
  readonly [field: string]: unknown
}

export interface ErasureClient {
  /** @param name of the mutation; its input type may be another than the usual one */
  readonly mutate: (role: TestRole, name: string, input: object, inputType?: string) => Promise<Answer>
  readonly request: (role: TestRole, input: object) => Promise<Answer>
  readonly decide: (role: TestRole, name: string, erasureRequestId: unknown, more?: object) => Promise<Answer>
  readonly plan: (role: TestRole, erasureRequestId: unknown, more?: object) => Promise<Answer>
  /** Fields of a request. */
  readonly read: (role: TestRole, id: unknown, fields: string) => Promise<Record<string, unknown>>
  /** A request of the privacy officer that is planned. */
  readonly planned: (contentIds: readonly unknown[], more?: object) => Promise<Answer>
}

const fields = `__typename ... on UserError { code message field }
  ... on ErasureRequest { id number state stateReason identityMethod allowedActions planDigest resumesAt
    plan { action method basis modelVersion { id } } batch { number }
    related { relation sharedCount request { number state } } clock { state } }`

const inputTypes: Readonly<Record<string, string>> = {
  requestErasure: 'RequestErasureInput',
  planErasure: 'PlanErasureInput',
  beginIdentityCheck: 'BeginIdentityCheckInput',
  batchErasures: 'BatchErasuresInput',
  retryErasure: 'RetryErasureInput',
}

/** What people do to requests of one tenant, each time with a key of its own. */
export function createErasureClient(rig: GatewayRig, tenant: TestTenant): ErasureClient {
  let keys = 0
  const mutate: ErasureClient['mutate'] = async (role, name, input, inputType) => {
    const type = inputType ?? inputTypes[name] ?? 'ErasureDecisionInput'
    const query = `mutation ($input: ${type}!) { ${name}(input: $input) { ${fields} } }`
    const variables = { input: { idempotencyKey: `erasure-client-${(keys += 1)}`, ...input } }
    const { data, errors } = await rig.graphql(tenant.tokens[role], query, variables)
    if (errors) throw new Error(JSON.stringify(errors))
    return data?.[name] as Answer
  }
  const decide: ErasureClient['decide'] = (role, name, erasureRequestId, more = {}) =>
    mutate(role, name, { erasureRequestId, ...more })
  const request: ErasureClient['request'] = (role, input) =>
    mutate(role, 'requestErasure', { ground: 'GDPR Art. 17', ...input })
  const plan: ErasureClient['plan'] = (role, id, more) => decide(role, 'planErasure', id, more)
  return {
    mutate,
    decide,
    request,
    plan,
    read: async (role, id, wanted) => {
      const query = `query ($id: ID!) { erasureRequest(id: $id) { ${wanted} } }`
      const { data, errors } = await rig.graphql(tenant.tokens[role], query, { id })
      if (errors) throw new Error(JSON.stringify(errors))
      return data?.['erasureRequest'] as Record<string, unknown>
    },
    planned: async (contentIds, more) => {
      const { id } = await request('privacy_officer', { selection: { contentIds } })
      await decide('privacy_officer', 'verifyIdentity', id)
      return plan('privacy_officer', id, more)
    },
  }
}
