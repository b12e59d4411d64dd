import { describe, expect, it } from 'vitest'
import {
  type CachedNode,
  leavesOfLevel,
  type NodeRun,
  readConsistencyProof,
  readInclusionProof,
} from './cached-nodes.js'
import { readInclusionProofs, type ReadNodes, readRoot } from './cached-nodes.js'
import { appendLeaves, emptyFrontier } from './frontier.js'
import { leafHash } from './hash.js'
import { MerkleTree } from './merkle-tree.js'
import { verifyInclusion } from './verify-proof.js'

const refusal = (code: string) => expect.objectContaining({ code }) as Error
const leaves = Array.from({ length: 70_000 }, (_, i) => leafHash(Buffer.from(`leaf ${i}`)))
const tree = new MerkleTree(leaves)

const kept: CachedNode[] = []
appendLeaves(emptyFrontier, leaves, (node) => kept.push(node))

/** What a store that keeps leaves and nodes answers; counts what it was asked for. */
function storeOf(nodes: readonly CachedNode[]): { read: ReadNodes; asked: NodeRun[] } {
  const byPlace = new Map(nodes.map((node) => [`${node.level}:${node.index}`, node.hash]))
  const at = (level: number, index: number) => (level === 0 ? leaves[index] : byPlace.get(`${level}:${index}`))
  const asked: NodeRun[] = []
  return {
    asked,
    read: (runs) => {
      asked.push(...runs)
      return Promise.resolve(
        runs.map(({ level, first, count }) =>
          Buffer.concat(Array.from({ length: count }, (_, i) => at(level, first + i) ?? Buffer.alloc(0))),
        ),
      )
    },
  }
}
const { read } = storeOf(kept)

// Around every kept level's edges, and where nothing is aligned.
const sizes = [1, 2, 3, 7, 255, 256, 257, 511, 512, 513, 1000, 4097, 65_535, 65_536, 65_537, 65_792, 69_999, 70_000]

describe('kept nodes', () => {
  it('are the roots of full subtrees of 256 and 65,536 leaves, each once', () => {
    expect(kept.filter(({ level }) => level === 1)).toHaveLength(Math.floor(70_000 / 256))
    expect(kept.filter(({ level }) => level === 2)).toHaveLength(1)
    expect(kept.filter(({ level }) => level > 2)).toEqual([])
    for (const { level, index, hash } of kept.filter((_, at) => at % 37 === 0)) {
      const width = leavesOfLevel(level)
      expect(new MerkleTree(leaves.slice(index * width, (index + 1) * width)).root()).toEqual(hash)
    }
  })
  it('are the same whatever the batches', () => {
    const again: CachedNode[] = []
    let frontier = emptyFrontier
    for (let from = 0; from < 3000; from += 101)
      frontier = appendLeaves(frontier, leaves.slice(from, Math.min(from + 101, 3000)), (node) => again.push(node))
    expect(again).toEqual(kept.filter(({ level, index }) => level === 1 && index < 11))
  })
})

describe('proofs from kept nodes are those of the tree in memory', () => {
  it.each(sizes)('of %i leaves', async (size) => {
    expect(await readRoot(size, read)).toEqual(tree.root(size))
    const indices = [...new Set([0, 1, 254, 255, 256, 257, size >> 1, size - 257, size - 2, size - 1])].filter(
      (index) => index >= 0 && index < size,
    )
    const expected = indices.map((index) => tree.inclusionProof(index, size))
    expect(await readInclusionProofs(indices, size, read)).toEqual(expected)
    expect(await readInclusionProof(size - 1, size, read)).toEqual(tree.inclusionProof(size - 1, size))
    for (const first of sizes.filter((earlier) => earlier <= size))
      expect(await readConsistencyProof(first, size, read)).toEqual(tree.consistencyProof(first, size))
  })
  it('of every size and leaf up to 40, and of the empty tree', async () => {
    for (let size = 1; size <= 40; size++)
      for (let index = 0; index < size; index++)
        expect(await readInclusionProof(index, size, read)).toEqual(tree.inclusionProof(index, size))
    expect(await readRoot(0, read)).toEqual(tree.root(0))
    expect(await readConsistencyProof(0, 9, read)).toEqual([])
  })
  it('read at most 255 hashes of a kept level and its right edge', async () => {
    for (const [index, size] of [
      [12_345, 70_000],
      [0, 65_536],
      [69_999, 70_000],
    ] as const) {
      const { read: counted, asked } = storeOf(kept)
      await readInclusionProof(index, size, counted)
      for (const level of [0, 1, 2]) {
        const hashes = asked.filter((run) => run.level === level).reduce((sum, { count }) => sum + count, 0)
        expect(hashes).toBeLessThanOrEqual(2 * 255)
      }
    }
  })
})

describe('a store that lies or lacks', () => {
  it('is refused where a node is missing', async () => {
    const { read: holed } = storeOf(kept.filter(({ level, index }) => level !== 1 || index !== 3))
    await expect(readInclusionProof(0, 70_000, holed)).rejects.toThrow(refusal('NODES_MISSING'))
  })
  it('gives a proof that no verifier accepts where a node is wrong', async () => {
    const { read: wrong } = storeOf(
      kept.map((node) => (node.index === 3 ? { ...node, hash: leafHash(node.hash) } : node)),
    )
    const path = await readInclusionProof(0, 70_000, wrong)
    const proof = { leafHash: leaves[0] ?? Buffer.alloc(0), index: 0, size: 70_000, path }
    expect(() => verifyInclusion(proof, tree.root())).toThrow(refusal('ROOT_MISMATCH'))
  })
  it('is not asked for what no tree has', async () => {
    await expect(readInclusionProof(7, 7, read)).rejects.toThrow(refusal('OUTSIDE_TREE'))
    await expect(readConsistencyProof(8, 7, read)).rejects.toThrow(refusal('OUTSIDE_TREE'))
  })
})
