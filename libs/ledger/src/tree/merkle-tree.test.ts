import { describe, expect, it } from 'vitest'
import { appendLeaves, emptyFrontier, frontierFromRow, frontierRoot, frontierToRow } from './frontier.js'
import { emptyRoot, leafHash } from './hash.js'
import { MerkleTree } from './merkle-tree.js'
import { verifyConsistency, verifyInclusion } from './verify-proof.js'

const hex = (text: string) => Buffer.from(text, 'hex')

/** The inputs and roots that Certificate Transparency's own implementations are tested with. */
const knownAnswers: [data: string, root: string][] = [
  ['', '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'],
  ['00', 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'],
  ['10', 'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77'],
  ['2021', 'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7'],
  ['3031', '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4'],
  ['40414243', '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef'],
  ['5051525354555657', 'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c'],
  ['606162636465666768696a6b6c6d6e6f', '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328'],
]

describe('RFC 6962 known answers', () => {
  it('has the root of nothing', () => {
    expect(emptyRoot().toString('hex')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
    expect(new MerkleTree().root()).toEqual(emptyRoot())
    expect(frontierRoot(emptyFrontier)).toEqual(emptyRoot())
  })
  it.each(knownAnswers.map(([, root], i) => [i + 1, root]))('has the root of %i leaves', (size, root) => {
    const tree = new MerkleTree(knownAnswers.slice(0, Number(size)).map(([data]) => leafHash(hex(data))))
    expect(tree.root().toString('hex')).toBe(root)
  })
})

describe('the growing tree', () => {
  const leaves = Array.from({ length: 70 }, (_, i) => leafHash(Buffer.of(i)))
  const tree = new MerkleTree(leaves)

  it('proves every leaf at every size', () => {
    for (let size = 1; size <= leaves.length; size++) {
      for (const [index, leaf] of leaves.slice(0, size).entries()) {
        verifyInclusion({ leafHash: leaf, index, size, path: tree.inclusionProof(index, size) }, tree.root(size))
      }
    }
  })

  it('proves every size to be a prefix of every later one', () => {
    for (let second = 0; second <= leaves.length; second++) {
      for (let first = 0; first <= second; first++) {
        const path = tree.consistencyProof(first, second)
        verifyConsistency({ first, second, firstRoot: tree.root(first), path }, tree.root(second))
      }
    }
  })

  it('goes on from a stored frontier as if it had never stopped', () => {
    for (const cut of [0, 1, 2, 31, 32, 33, 69]) {
      const row: unknown = JSON.parse(JSON.stringify(frontierToRow(appendLeaves(emptyFrontier, leaves.slice(0, cut)))))
      const resumed = appendLeaves(frontierFromRow(row), leaves.slice(cut))
      expect(frontierRoot(resumed)).toEqual(tree.root())
    }
  })

  it('leaves the frontier it grew from as it was', () => {
    const before = appendLeaves(emptyFrontier, leaves.slice(0, 7))
    const row = frontierToRow(before)
    appendLeaves(before, leaves.slice(7, 20))
    expect(frontierToRow(before)).toEqual(row)
  })

  it('refuses sizes, leaves and hashes that no tree has', () => {
    expect(() => tree.root(71)).toThrow(expect.objectContaining({ code: 'OUTSIDE_TREE', field: 'size' }) as Error)
    expect(() => tree.root(-1)).toThrow(expect.objectContaining({ code: 'OUTSIDE_TREE' }) as Error)
    expect(() => tree.inclusionProof(70)).toThrow(expect.objectContaining({ field: 'index' }) as Error)
    expect(() => tree.consistencyProof(9, 8)).toThrow(expect.objectContaining({ field: 'first' }) as Error)
    expect(() => tree.append(Buffer.alloc(31))).toThrow(expect.objectContaining({ field: 'leafHash' }) as Error)
    expect(() => appendLeaves(emptyFrontier, [Buffer.alloc(33)])).toThrow(
      expect.objectContaining({ code: 'OUTSIDE_TREE' }) as Error,
    )
  })

  it.each([
    ['a peak missing', { version: 1, size: 3, peaks: ['00'.repeat(32)] }],
    ['a peak too many', { version: 1, size: 1, peaks: ['00'.repeat(32), '00'.repeat(32)] }],
    ['a short peak', { version: 1, size: 1, peaks: ['00'] }],
    ['an unknown version', { version: 2, size: 0, peaks: [] }],
    ['a negative size', { version: 1, size: -1, peaks: [] }],
    ['nothing', null],
  ])('refuses a stored frontier with %s', (_, row) => {
    expect(() => frontierFromRow(row)).toThrow(expect.objectContaining({ code: 'FRONTIER_MALFORMED' }) as Error)
  })
})
