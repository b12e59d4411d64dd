import { z } from 'zod'
import { ledgerError } from '../errors.js'
import { cachedLevel, type CachedNode } from './cached-nodes.js'
import { emptyRoot, HASH_BYTES, nodeHash } from './hash.js'

/**
 * What must be remembered of a tree in order to go on appending: one root per perfect subtree, largest first, so one
 * per 1-bit of `size`. At most 53 hashes whatever the size, and appending costs O(log n) at worst, O(1) on average.
 */
export interface Frontier {
  readonly size: number
  readonly peaks: readonly Uint8Array[]
}

export const emptyFrontier: Frontier = { size: 0, peaks: [] }

/**
 * The tree with these leaf hashes behind its own, in order. `frontier` itself stays as it was. `onNode` receives each root
 * that a store keeps ({@link CachedNode}) when its last leaf comes, in this order.
 */
export function appendLeaves(
  frontier: Frontier,
  leafHashes: Iterable<Uint8Array>,
  onNode?: (node: CachedNode) => void,
): Frontier {
  const peaks = [...frontier.peaks]
  let size = frontier.size
  for (const leaf of leafHashes) {
    if (leaf.length !== HASH_BYTES) {
      throw ledgerError(
        'OUTSIDE_TREE',
        `A leaf hash has ${HASH_BYTES} bytes; leaf ${size} has ${leaf.length}.`,
        `leafHashes.${size}`,
      )
    }
    let node: Uint8Array = leaf
    // As in adding 1 to a binary number: each trailing 1-bit of the old size is a peak that this leaf completes.
    let height = 0
    for (let carry = size; carry % 2 === 1; carry = (carry - 1) / 2) {
      const left = peaks.pop()
      if (left === undefined)
        throw ledgerError('FRONTIER_MALFORMED', 'The frontier has fewer peaks than its size asks for.', 'peaks')
      node = nodeHash(left, node)
      height += 1
      const level = cachedLevel(height)
      if (level !== undefined) onNode?.({ level, index: (carry - 1) / 2, hash: node })
    }
    peaks.push(node)
    size += 1
  }
  return { size, peaks }
}

/** Root of the tree, RFC 6962 §2.1. */
export const frontierRoot = ({ peaks }: Frontier): Buffer =>
  peaks.length === 0 ? emptyRoot() : Buffer.from(peaks.reduceRight((right, left) => nodeHash(left, right)))

const FrontierRow = z.object({
  version: z.literal(1),
  size: z.int().min(0),
  peaks: z.array(z.string().regex(/^[0-9a-f]{64}$/)).max(53),
})
/** The frontier as it is stored: plain JSON, hashes in lower-case hex. */
export type FrontierRow = z.infer<typeof FrontierRow>

export const frontierToRow = ({ size, peaks }: Frontier): FrontierRow => ({
  version: 1,
  size,
  peaks: peaks.map((peak) => Buffer.from(peak).toString('hex')),
})

/** @throws DomainError FRONTIER_MALFORMED unless it could be the frontier of a tree of its size. */
export function frontierFromRow(row: unknown): Frontier {
  const parsed = FrontierRow.safeParse(row)
  if (!parsed.success) {
    throw ledgerError(
      'FRONTIER_MALFORMED',
      'The stored tree cannot be read; rebuild it from the evidence rows.',
      'frontier',
    )
  }
  const { size, peaks } = parsed.data
  const expected = BigInt(size).toString(2).replaceAll('0', '').length
  if (peaks.length !== expected) {
    throw ledgerError(
      'FRONTIER_MALFORMED',
      `A tree of ${size} has ${expected} peaks, not ${peaks.length}; rebuild it from the evidence rows.`,
      'frontier.peaks',
    )
  }
  return { size, peaks: peaks.map((peak) => Buffer.from(peak, 'hex')) }
}
