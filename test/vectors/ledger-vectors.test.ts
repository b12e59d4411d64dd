import {
  MerkleTree,
  frontierRoot,
  appendLeaves,
  emptyFrontier,
  leafHash,
  verifyConsistency,
  verifyInclusion,
} from '@lethe/ledger'
import { describe, expect, it } from 'vitest'
import consistency from './ledger/consistency.json' with { type: 'json' }
import inclusion from './ledger/inclusion.json' with { type: 'json' }
import roots from './ledger/roots.json' with { type: 'json' }

const bytes = (hex: string) => Buffer.from(hex, 'hex')
const leaves = Array.from({ length: 25 }, (_, i) => leafHash(Buffer.from(`evidence ${i}`)))
const tree = new MerkleTree(leaves)

interface InclusionCase {
  leafHash: string
  index: number
  size: number
  path: string[]
  root: string
}
const checkInclusion = ({ leafHash: leaf, index, size, path, root }: InclusionCase) =>
  verifyInclusion({ leafHash: bytes(leaf), index, size, path: path.map(bytes) }, bytes(root))

interface ConsistencyCase {
  first: number
  second: number
  firstRoot: string
  secondRoot: string
  path: string[]
}
const checkConsistency = ({ first, second, firstRoot, secondRoot, path }: ConsistencyCase) =>
  verifyConsistency({ first, second, firstRoot: bytes(firstRoot), path: path.map(bytes) }, bytes(secondRoot))

const refusal = expect.objectContaining({
  code: expect.stringMatching(/^(OUTSIDE_TREE|PROOF_MALFORMED|ROOT_MISMATCH)$/) as string,
}) as Error

describe('roots of every size agree with an independent computation', () => {
  it.each(roots.roots)('$size leaves', ({ size, root }) => {
    expect(tree.root(size).toString('hex')).toBe(root)
    expect(frontierRoot(appendLeaves(emptyFrontier, leaves.slice(0, size))).toString('hex')).toBe(root)
  })
})

describe.each(inclusion.vectors)('inclusion of leaf $name', ({ proof, corruptions }) => {
  it('is what the tree proves and is accepted', () => {
    expect(tree.inclusionProof(proof.index, proof.size).map((hash) => hash.toString('hex'))).toEqual(proof.path)
    checkInclusion(proof)
  })
  it.each(corruptions)('refuses: $name', ({ change }) => {
    expect(() => checkInclusion({ ...proof, ...(change as Partial<InclusionCase>) })).toThrow(refusal)
  })
})

describe.each(consistency.vectors)('consistency from $name', ({ proof, corruptions }) => {
  it('is what the tree proves and is accepted', () => {
    expect(tree.consistencyProof(proof.first, proof.second).map((hash) => hash.toString('hex'))).toEqual(proof.path)
    checkConsistency(proof)
  })
  it.each(corruptions)('refuses: $name', ({ change }) => {
    expect(() => checkConsistency({ ...proof, ...(change as Partial<ConsistencyCase>) })).toThrow(refusal)
  })
})
