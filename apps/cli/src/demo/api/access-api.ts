import { randomUUID } from 'node:crypto'
import { unwrap, type GatewayClient } from '../gateway-client.js'

const days = 30

/** Opens an erasure request to an external auditor for a month, unless it is open to them. */
export async function openCase(
  officer: GatewayClient,
  auditor: GatewayClient,
  erasureRequestId: string,
): Promise<void> {
  const { viewer, auditorGrants } = await auditor.request<{
    viewer: { id: string }
    auditorGrants: { edges: { node: { state: string; erasureRequests: { id: string }[] } }[] }
  }>('query { viewer { id } auditorGrants(first: 100) { edges { node { state erasureRequests { id } } } } }')
  const isOpen = auditorGrants.edges.some(
    ({ node }) => node.state === 'ACTIVE' && node.erasureRequests.some(({ id }) => id === erasureRequestId),
  )
  if (isOpen) return
  const { result } = await officer.request<{ result: { __typename: 'AuditorGrant' } }>(
    `mutation ($input: GrantAuditorAccessInput!) {
      result: grantAuditorAccess(input: $input) { __typename ... on UserError { code message field } }
    }`,
    {
      input: {
        idempotencyKey: randomUUID(),
        userId: viewer.id,
        erasureRequestIds: [erasureRequestId],
        reason: 'Independent review of the erasure.',
        expiresAt: new Date(Date.now() + days * 86_400_000).toISOString(),
      },
    },
  )
  unwrap(result)
}
