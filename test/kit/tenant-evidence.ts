import { sha256 } from '@lethe/domain'
import type { GatewayClient } from '@lethe/cli/demo'

interface EvidencePage {
  evidence: {
    edges: { node: { seq: number; erasureRequestId: string | null; body: string } }[]
    pageInfo: { endCursor: string | null; hasNextPage: boolean }
  }
}

export interface TenantEntry {
  readonly seq: number
  readonly erasureRequestId: string | null
  readonly body: string
}

/** Everything that a tenant has on record, oldest first. */
export async function readTenantEvidence(client: GatewayClient): Promise<TenantEntry[]> {
  const entries: TenantEntry[] = []
  for (let after: string | null = null; ;) {
    const { evidence }: EvidencePage = await client.request<EvidencePage>(
      `query ($after: String) {
        evidence(first: 100, after: $after) {
          edges { node { seq erasureRequestId body } } pageInfo { endCursor hasNextPage }
        }
      }`,
      { after },
    )
    entries.push(...evidence.edges.map(({ node }) => node))
    if (!evidence.pageInfo.hasNextPage) return entries.sort((a, b) => a.seq - b.seq)
    after = evidence.pageInfo.endCursor
  }
}

/** Which secrets stand in these bodies: as they are, in another case, or by their SHA-256. */
export function leaksIn(bodies: readonly string[], secrets: readonly string[]): string[] {
  const text = bodies.join('\n').toLowerCase()
  return secrets.filter((secret) => [secret.toLowerCase(), sha256(secret)].some((form) => text.includes(form)))
}

/** SHA-256 of each picture of a WebDataset tar: what the platform knows it by. */
export function contentIdsOf(tar: Uint8Array): string[] {
  const ids: string[] = []
  const field = (at: number, length: number) =>
    Buffer.from(tar.subarray(at, at + length))
      .toString('latin1')
      .replace(/\0.*$/s, '')
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0;) {
    const size = parseInt(field(at + 124, 12), 8)
    if (field(at, 100).endsWith('.png')) ids.push(sha256(tar.subarray(at + 512, at + 512 + size)))
    at += 512 + Math.ceil(size / 512) * 512
  }
  return ids
}
