import { describe, expect, it } from 'vitest'
import { integrate } from './integrate.js'
import { verifyLogCheckpoint } from './signing/log-checkpoint.js'
import { signerFromSeed } from './signing/log-key.js'
import { emptyFrontier, frontierFromRow, frontierToRow } from './tree/frontier.js'
import { leafHash } from './tree/hash.js'
import { MerkleTree } from './tree/merkle-tree.js'
import { verifyConsistency, verifyInclusion } from './tree/verify-proof.js'

const signer = signerFromSeed('lethe.test/log/a', Buffer.alloc(32, 1))
const leaves = Array.from({ length: 11 }, (_, i) => leafHash(Buffer.from(`row ${i + 1}`)))

describe('integration', () => {
  it('signs heads that each contain the one before, whatever the batches', () => {
    const tree = new MerkleTree(leaves)
    let frontier = emptyFrontier
    let previous = verifyLogCheckpoint(integrate(frontier, [], signer).checkpoint, [signer])
    for (const [from, to] of [
      [0, 1],
      [1, 4],
      [4, 4],
      [4, 11],
    ] as const) {
      const step = integrate(frontierFromRow(frontierToRow(frontier)), leaves.slice(from, to), signer)
      const head = verifyLogCheckpoint(step.checkpoint, [signer])
      expect(head.size).toBe(to)
      const path = tree.consistencyProof(previous.size, head.size)
      verifyConsistency({ first: previous.size, second: head.size, firstRoot: previous.root, path }, head.root)
      frontier = step.frontier
      previous = head
    }
    for (const [index, leaf] of leaves.entries()) {
      verifyInclusion({ leafHash: leaf, index, size: 11, path: tree.inclusionProof(index) }, previous.root)
    }
  })

  it('gives the same head again when it is repeated', () => {
    expect(integrate(emptyFrontier, leaves, signer)).toEqual(integrate(emptyFrontier, leaves, signer))
  })

  it('shows a rewritten past as another head', () => {
    const forged = [leafHash(Buffer.from('forged')), ...leaves.slice(1)]
    expect(integrate(emptyFrontier, forged, signer).root).not.toEqual(integrate(emptyFrontier, leaves, signer).root)
  })
})
