import { signLogCheckpoint } from './signing/log-checkpoint.js'
import type { LogSigner } from './signing/log-key.js'
import type { CachedNode } from './tree/cached-nodes.js'
import { appendLeaves, type Frontier, frontierRoot } from './tree/frontier.js'

export interface Integration {
  /** To be stored in the same transaction as the checkpoint; the next integration goes on from it. */
  readonly frontier: Frontier
  readonly root: Buffer
  /** Roots that the new leaves completed; to be stored in the same transaction, for proofs. */
  readonly nodes: readonly CachedNode[]
  /** Signed note over the tree with the new leaves. */
  readonly checkpoint: string
}

/**
 * Takes pending leaves into the tree and signs its new head: pending → integrated, and → published once the caller has
 * put the checkpoint where others can read it. Leaves come in the order of their sequence numbers without a gap, the
 * first being leaf `frontier.size`. Costs O(log n) for the tree besides one hash or two per leaf.
 *
 * Pure: the same frontier, leaves and key give the same checkpoint, so an interrupted integration is simply repeated.
 * Only one integration of a log may run at a time, or two heads of one size could be signed; the caller holds a lock.
 */
export function integrate(frontier: Frontier, leafHashes: Iterable<Uint8Array>, signer: LogSigner): Integration {
  const nodes: CachedNode[] = []
  const grown = appendLeaves(frontier, leafHashes, (node) => nodes.push(node))
  const root = frontierRoot(grown)
  return {
    frontier: grown,
    root,
    nodes,
    checkpoint: signLogCheckpoint({ origin: signer.name, size: grown.size, root }, signer),
  }
}
