import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { equalBytes, hashLeaf, rootFromProof, verifyInclusion } from './inclusion-proof'

interface VectorProof {
  leafHash: string
  index: number
  size: number
  path: string[]
  root: string
}

interface Vectors {
  vectors: { name: string; proof: VectorProof; corruptions: { name: string; change: Partial<VectorProof> }[] }[]
}

const file = new URL('../../../../../test/vectors/ledger/inclusion.json', import.meta.url)
const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as Vectors
const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'))
const verify = (proof: VectorProof) =>
  verifyInclusion({
    leafHash: bytes(proof.leafHash),
    leafIndex: proof.index,
    treeSize: proof.size,
    hashes: proof.path.map(bytes),
    root: bytes(proof.root),
  })

it('hashes the empty leaf as RFC 6962 says', async () => {
  const empty = await hashLeaf(new Uint8Array())
  expect(Buffer.from(empty).toString('hex')).toBe('6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d')
})

it('follows the proof of RFC 6962 section 2.1.3, d3 in a tree of seven', async () => {
  const text = (name: string) => new TextEncoder().encode(name)
  const leaves = await Promise.all([...'0123456'].map((name) => hashLeaf(text(`d${name}`))))
  const node = async (left: Uint8Array, right: Uint8Array) =>
    new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array([1, ...left, ...right])))
  const [a, b, c, d, e, f, j] = leaves as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ]
  const g = await node(a, b)
  const k = await node(await node(g, await node(c, d)), await node(await node(e, f), j))
  const hashes = [c, g, await node(await node(e, f), j)]
  const root = await rootFromProof({ leafHash: d, leafIndex: 3, treeSize: 7, hashes })
  expect(root && equalBytes(root, k)).toBe(true)
})

it.each(vectors)('accepts $name and refuses each corruption of it', async ({ proof, corruptions }) => {
  expect(await verify(proof)).toBe(true)
  for (const { name, change } of corruptions) expect(await verify({ ...proof, ...change }), name).toBe(false)
})
