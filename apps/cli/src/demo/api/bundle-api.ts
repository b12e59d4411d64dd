import { createHash } from 'node:crypto'
import { DomainError } from '@lethe/domain'
import { pause } from '../follow-run.js'
import { assertOk, unwrap, type GatewayClient } from '../gateway-client.js'

export interface EvidenceBundle {
  readonly id: string
  readonly state: 'QUEUED' | 'READY' | 'FAILED'
  /** Entries of the log that it covers. */
  readonly logSize: number | null
  readonly digest: string | null
  readonly size: number | null
  readonly path: string | null
  readonly failure: { readonly code: string; readonly message: string } | null
}

const fields = 'id state logSize digest size path failure { code message }'
const pollMs = 500
const madeWithinMs = 10 * 60_000

/** Asks for a bundle of all that is on record of a request by now. The same key gives the same bundle again. */
export async function requestBundle(
  client: GatewayClient,
  input: { readonly idempotencyKey: string; readonly erasureRequestId: string },
): Promise<EvidenceBundle> {
  const { requestEvidenceBundle } = await client.request<{
    requestEvidenceBundle: EvidenceBundle & { __typename: 'EvidenceBundle' }
  }>(
    `mutation ($input: RequestEvidenceBundleInput!) {
      requestEvidenceBundle(input: $input) {
        __typename ... on EvidenceBundle { ${fields} } ... on UserError { code message field }
      }
    }`,
    { input },
  )
  return unwrap(requestEvidenceBundle)
}

/**
 * Waits until a bundle is made and downloads it.
 *
 * @throws DomainError with the code of what it failed for, BUNDLE_LATE, or BUNDLE_DAMAGED when other bytes arrived
 */
export async function downloadBundle(
  client: GatewayClient,
  id: string,
): Promise<{ bundle: EvidenceBundle; bytes: Uint8Array }> {
  const bundle = await awaitBundle(client, id)
  const response = await assertOk(await client.send(bundle.path ?? ''), 'Downloading the bundle')
  const bytes = new Uint8Array(await response.arrayBuffer())
  if (createHash('sha256').update(bytes).digest('hex') !== bundle.digest)
    throw new DomainError('BUNDLE_DAMAGED', 'Other bytes arrived than the platform announced; download it again.')
  return { bundle, bytes }
}

async function awaitBundle(client: GatewayClient, id: string): Promise<EvidenceBundle> {
  for (const deadline = Date.now() + madeWithinMs; ; await pause(pollMs)) {
    const { evidenceBundle } = await client.request<{ evidenceBundle: EvidenceBundle }>(
      `query ($id: ID!) { evidenceBundle(id: $id) { ${fields} } }`,
      { id },
    )
    const { state, failure } = evidenceBundle
    if (state === 'READY') return evidenceBundle
    if (failure) throw new DomainError(failure.code, `The bundle could not be made: ${failure.message}`)
    if (Date.now() > deadline)
      throw new DomainError('BUNDLE_LATE', 'The bundle is not made yet; see whether the registrar runs, and ask again.')
  }
}

/** The id of the request that a person names by its number or id, among those that they may see. */
export async function findRequestId(client: GatewayClient, named: string): Promise<string> {
  let after: string | null = null
  do {
    const { erasureRequests }: RequestsPage = await client.request<RequestsPage>(
      `query ($after: String) {
        erasureRequests(first: 100, after: $after) {
          edges { node { id number } } pageInfo { endCursor hasNextPage }
        }
      }`,
      { after },
    )
    const found = erasureRequests.edges.find(({ node }) => node.id === named || String(node.number) === named)
    if (found) return found.node.id
    after = erasureRequests.pageInfo.hasNextPage ? erasureRequests.pageInfo.endCursor : null
  } while (after !== null)
  throw new DomainError('NOT_FOUND', `You see no erasure request ${named}; give its number or its id.`, 'request')
}

interface RequestsPage {
  erasureRequests: {
    edges: { node: { id: string; number: number } }[]
    pageInfo: { endCursor: string | null; hasNextPage: boolean }
  }
}
