import type { GatewayClient } from '../gateway-client.js'

export interface EvidenceEntry {
  readonly seq: number
  readonly kind: string
  readonly body: string
  readonly leafHash: string
  readonly status: 'PENDING' | 'PUBLISHED'
  readonly inclusionProof: {
    readonly leafIndex: number
    readonly treeSize: number
    readonly hashes: readonly string[]
    readonly checkpoint: { readonly size: number; readonly root: string; readonly note: string }
  } | null
}

export interface EvidenceLog {
  readonly origin: string
  readonly verifierKey: string
  readonly size: number
  readonly latestCheckpoint: { readonly size: number; readonly note: string } | null
}

interface EvidencePage {
  evidence: {
    edges: { node: EvidenceEntry }[]
    pageInfo: { endCursor: string | null; hasNextPage: boolean }
  }
}

/** Everything on record about a request, oldest first. */
export async function readEvidence(client: GatewayClient, erasureRequestId: string): Promise<EvidenceEntry[]> {
  const entries: EvidenceEntry[] = []
  let after: string | null = null
  do {
    const { evidence }: EvidencePage = await client.request<EvidencePage>(
      `query ($id: ID!, $after: String) {
        evidence(first: 20, after: $after, erasureRequestId: $id) {
          edges {
            node {
              seq kind body leafHash status
              inclusionProof { leafIndex treeSize hashes checkpoint { size root note } }
            }
          }
          pageInfo { endCursor hasNextPage }
        }
      }`,
      { id: erasureRequestId, after },
    )
    entries.push(...evidence.edges.map(({ node }) => node))
    after = evidence.pageInfo.hasNextPage ? evidence.pageInfo.endCursor : null
  } while (after !== null)
  return entries.sort((a, b) => a.seq - b.seq)
}

/** Lines of a trust roots file, by the platform's own word. */
export async function readTrustRoots(client: GatewayClient): Promise<string[]> {
  const { evidenceLog } = await client.request<{ evidenceLog: { trustRoots: string[] } }>(
    'query { evidenceLog { trustRoots } }',
  )
  return evidenceLog.trustRoots
}

export async function readEvidenceLog(client: GatewayClient): Promise<EvidenceLog> {
  const { evidenceLog } = await client.request<{ evidenceLog: EvidenceLog }>(
    'query { evidenceLog { origin verifierKey size latestCheckpoint { size note } } }',
  )
  return evidenceLog
}
