import { sha256 } from '../crypto/digest.js'

const LEAF = Uint8Array.of(0)
const NODE = Uint8Array.of(1)
const HASH_BYTES = 32

/** SHA-256(0x00 ‖ data), RFC 6962 §2.1. */
export const leafHash = (data: Uint8Array): Promise<Uint8Array> => sha256(LEAF, data)

const nodeHash = (left: Uint8Array, right: Uint8Array): Promise<Uint8Array> => sha256(NODE, left, right)

/**
 * The root that an inclusion proof leads to, from leaf to root (RFC 9162 §2.1.3.2). Null when the proof has not the length that
 * index and size demand, or a hash has not 32 bytes.
 * @param index from 0
 */
export async function rootFromInclusion(proof: {
  leaf: Uint8Array
  index: number
  size: number
  path: readonly Uint8Array[]
}): Promise<Uint8Array | null> {
  const { leaf, index, size, path } = proof
  const isPlace = Number.isSafeInteger(index) && Number.isSafeInteger(size) && index >= 0 && index < size
  if (!isPlace || [leaf, ...path].some(({ length }) => length !== HASH_BYTES)) return null
  // Division and not shifts: an index may pass 2^31.
  let node = index
  let last = size - 1
  let hash = leaf
  for (const sibling of path) {
    if (last === 0) return null
    if (node % 2 === 1 || node === last) {
      hash = await nodeHash(sibling, hash)
      while (node % 2 === 0 && node !== 0) {
        node = node / 2
        last = Math.floor(last / 2)
      }
    } else hash = await nodeHash(hash, sibling)
    node = Math.floor(node / 2)
    last = Math.floor(last / 2)
  }
  return last === 0 ? hash : null
}

/** The root of the tree over these leaf hashes, in their order (RFC 6962 §2.1); at least one. Holds as many hashes as the tree is high. */
export async function rootOfLeaves(leaves: AsyncIterable<Uint8Array>): Promise<Uint8Array | null> {
  // Full subtrees from left to right, each smaller than the one before.
  const subtrees: { leaves: number; hash: Uint8Array }[] = []
  for await (const leaf of leaves) {
    let right = { leaves: 1, hash: leaf }
    for (let left = subtrees.at(-1); left?.leaves === right.leaves; left = subtrees.at(-1)) {
      subtrees.pop()
      right = { leaves: 2 * right.leaves, hash: await nodeHash(left.hash, right.hash) }
    }
    subtrees.push(right)
  }
  let root = subtrees.pop()?.hash ?? null
  for (let left = subtrees.pop(); left !== undefined && root !== null; left = subtrees.pop())
    root = await nodeHash(left.hash, root)
  return root
}
