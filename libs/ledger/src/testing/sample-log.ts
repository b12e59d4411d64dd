import { createHash } from 'node:crypto'
import { checkLog, type LogReport } from '../fsck/check-log.js'
import type { OutsideCheckpoint, StoredCheckpoint } from '../fsck/checkpoint-check.js'
import type { StoredEntry } from '../fsck/entry-chain.js'
import { integrate } from '../integrate.js'
import { signerFromSeed } from '../signing/log-key.js'
import type { CachedNode } from '../tree/cached-nodes.js'
import { emptyFrontier, frontierToRow } from '../tree/frontier.js'
import { leafHash } from '../tree/hash.js'
import { MerkleTree } from '../tree/merkle-tree.js'
import { encodeLogGrowth } from '../witness/log-growth.js'

const tenantId = '0190b2f4-0000-7000-8000-000000000001'
export const origin = `lethe.test/log/${tenantId}`
export const signer = signerFromSeed(origin, Buffer.alloc(32, 1))
export const stranger = signerFromSeed(origin, Buffer.alloc(32, 9))
const sizes = [3, 7, 8, 300, 600, 700]

/** A log as a database and a folder keep it; tests change it as they please. */
export interface SampleLog {
  entries: StoredEntry[]
  checkpoints: StoredCheckpoint[]
  nodes: CachedNode[]
  outside: OutsideCheckpoint[]
  latest: string
}

export const sha256 = (...parts: (Uint8Array | string)[]) =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest()

/** A row as the database would write it behind `prevHash`. */
export function chained(seq: number, body: string, prevHash: Uint8Array, kind = 'run-ended/v1'): StoredEntry {
  const seqBytes = Buffer.alloc(8)
  seqBytes.writeBigInt64BE(BigInt(seq))
  const tenant = Buffer.from(tenantId.replaceAll('-', ''), 'hex')
  const hash = sha256(Buffer.of(0), prevHash, seqBytes, tenant, sha256(kind), sha256(body))
  return { seq, kind, body, leafHash: leafHash(Buffer.from(body)), prevHash, hash }
}

/** Rows with these bodies, chained from the beginning. */
export function rechain(bodies: readonly string[]): StoredEntry[] {
  const entries: StoredEntry[] = []
  for (const [at, body] of bodies.entries())
    entries.push(chained(at + 1, body, entries.at(-1)?.hash ?? Buffer.alloc(32)))
  return entries
}

/** 705 entries, six checkpoints, all published; five entries are pending. */
export function makeLog(bodies = Array.from({ length: 705 }, (_, i) => `entry ${i + 1}`), key = signer): SampleLog {
  const entries = rechain(bodies)
  const leaves = entries.map((entry) => Buffer.from(entry.leafHash))
  const tree = new MerkleTree(leaves)
  const log: SampleLog = { entries, checkpoints: [], nodes: [], outside: [], latest: '' }
  let frontier = emptyFrontier
  for (const size of sizes) {
    const oldSize = frontier.size
    const step = integrate(frontier, leaves.slice(oldSize, size), key)
    frontier = step.frontier
    const note = step.checkpoint
    log.nodes.push(...step.nodes)
    log.checkpoints.push({ size, root: step.root, note, keyId: key.id, frontier: frontierToRow(frontier) })
    const growth = encodeLogGrowth({ oldSize, path: tree.consistencyProof(oldSize, size), note })
    log.outside.push({ size, note, growth, place: `checkpoints/${size}` })
    log.latest = note
  }
  return log
}

async function* paged<Item>(items: readonly Item[]): AsyncGenerator<readonly Item[]> {
  for (let from = 0; from < items.length; from += 64) yield await Promise.resolve(items.slice(from, from + 64))
}
async function* each<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  for (const item of items) yield await Promise.resolve(item)
}

/** What fsck says of it. */
export const check = (
  { entries, checkpoints, nodes, outside, latest }: SampleLog,
  trusted = [signer],
): Promise<LogReport> =>
  checkLog({
    tenantId,
    origin,
    trusted,
    stored: {
      entries: () => paged(entries),
      checkpoints: () => paged(checkpoints),
      nodes: (level) => paged(nodes.filter((node) => node.level === level)),
    },
    outside: {
      checkpoints: () => each(outside),
      latest: () => (outside.length > 0 ? { note: latest, place: 'checkpoints/latest' } : undefined),
    },
  })
