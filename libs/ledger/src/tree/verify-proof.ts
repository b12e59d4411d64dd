import { ledgerError } from '../errors.js'
import { emptyRoot, HASH_BYTES, nodeHash, splitPoint } from './hash.js'

/**
 * How a proof is checked, for whoever writes it again (a browser with WebCrypto does it in a dozen lines; it needs no
 * part of this library):
 *
 * 1. The leaf hash is SHA-256(0x00 ‖ UTF-8 bytes of the statement body), a node SHA-256(0x01 ‖ left ‖ right).
 * 2. `fold(index, size)`: with one leaf, the leaf hash. Otherwise let k be the largest power of two below `size`.
 *    If index < k, the node of (fold(index, k), the next hash of the path);
 *    else the node of (the next hash of the path, fold(index − k, size − k)). The inner fold takes its hashes first.
 * 3. The path must be used up exactly, and the result must equal the root of a checkpoint whose Ed25519 signature
 *    was checked under a key that did not come with the proof.
 */
export interface InclusionProof {
  readonly leafHash: Uint8Array
  /** Zero-based; the evidence row with sequence number n is leaf n − 1. */
  readonly index: number
  readonly size: number
  /** From the leaf upwards. */
  readonly path: readonly Uint8Array[]
}

/** @throws DomainError OUTSIDE_TREE or PROOF_MALFORMED. A root that comes back is only a claim: compare it. */
export function rootFromInclusion({ leafHash, index, size, path }: InclusionProof): Buffer {
  if (!Number.isSafeInteger(size) || !Number.isSafeInteger(index) || index < 0 || index >= size) {
    throw ledgerError('OUTSIDE_TREE', `Leaf ${index} is not in a tree of ${size}.`, 'index')
  }
  const hashes = takeInOrder(path)
  const fold = (at: number, length: number): Uint8Array => {
    if (length === 1) return assertHash(leafHash, 'leafHash')
    const k = splitPoint(length)
    if (at < k) return nodeHash(fold(at, k), hashes.next())
    const right = fold(at - k, length - k)
    return nodeHash(hashes.next(), right)
  }
  const root = fold(index, size)
  hashes.assertUsedUp()
  return Buffer.from(root)
}

/** Returns when the leaf is in the tree with this root. @throws DomainError, ROOT_MISMATCH among them, otherwise. */
export function verifyInclusion(proof: InclusionProof, root: Uint8Array): void {
  if (rootFromInclusion(proof).equals(root)) return
  throw ledgerError(
    'ROOT_MISMATCH',
    `Leaf ${proof.index} does not lead to the root of the tree of ${proof.size}.`,
    'path',
  )
}

export interface ConsistencyProof {
  readonly first: number
  readonly second: number
  readonly firstRoot: Uint8Array
  readonly path: readonly Uint8Array[]
}

/** Both roots as the path implies them. `first` must be compared too: from it alone a path may promise any `second`. */
export function rootsFromConsistency({ first, second, firstRoot, path }: ConsistencyProof): {
  first: Buffer
  second: Buffer
} {
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(second) || first < 1 || first > second) {
    throw ledgerError('OUTSIDE_TREE', `A tree of ${first} cannot be a prefix of one of ${second}.`, 'first')
  }
  const hashes = takeInOrder(path)
  const fold = (at: number, length: number, whole: boolean): readonly [Uint8Array, Uint8Array] => {
    if (at === length) {
      const shared = whole ? assertHash(firstRoot, 'firstRoot') : hashes.next()
      return [shared, shared]
    }
    const k = splitPoint(length)
    if (at <= k) {
      const [older, newer] = fold(at, k, whole)
      return [older, nodeHash(newer, hashes.next())]
    }
    const [older, newer] = fold(at - k, length - k, false)
    const left = hashes.next()
    return [nodeHash(left, older), nodeHash(left, newer)]
  }
  const [older, newer] = fold(first, second, true)
  hashes.assertUsedUp()
  return { first: Buffer.from(older), second: Buffer.from(newer) }
}

/** Returns when the second tree begins with the first. @throws DomainError, ROOT_MISMATCH among them, otherwise. */
export function verifyConsistency(proof: ConsistencyProof, secondRoot: Uint8Array): void {
  if (proof.first === 0) return assertGrownFromNothing(proof)
  const roots = rootsFromConsistency(proof)
  if (!roots.first.equals(proof.firstRoot)) {
    throw ledgerError(
      'ROOT_MISMATCH',
      `The proof does not lead to the root of the tree of ${proof.first}.`,
      'firstRoot',
    )
  }
  if (!roots.second.equals(secondRoot)) {
    throw ledgerError(
      'ROOT_MISMATCH',
      `The tree of ${proof.second} does not begin with the tree of ${proof.first}.`,
      'secondRoot',
    )
  }
}

/** Every tree begins with the empty one: nothing to prove, and nothing but the empty root to accept. */
function assertGrownFromNothing({ second, firstRoot, path }: ConsistencyProof): void {
  if (!Number.isSafeInteger(second) || second < 0)
    throw ledgerError('OUTSIDE_TREE', `No tree has ${second} leaves.`, 'second')
  if (path.length > 0) throw ledgerError('PROOF_MALFORMED', 'The path is longer than the tree is high.', 'path')
  if (!emptyRoot().equals(firstRoot)) {
    throw ledgerError('ROOT_MISMATCH', 'The root of a tree without leaves is SHA-256 of nothing.', 'firstRoot')
  }
}

function takeInOrder(path: readonly Uint8Array[]) {
  let taken = 0
  return {
    next(): Uint8Array {
      const hash = path[taken]
      if (hash === undefined)
        throw ledgerError('PROOF_MALFORMED', `The path ends after ${taken} hashes; it needs more.`, 'path')
      taken += 1
      return assertHash(hash, `path.${taken - 1}`)
    },
    assertUsedUp(): void {
      if (taken === path.length) return
      throw ledgerError('PROOF_MALFORMED', `The path has ${path.length} hashes where ${taken} are enough.`, 'path')
    },
  }
}

function assertHash(hash: Uint8Array, field: string): Uint8Array {
  if (hash.length === HASH_BYTES) return hash
  throw ledgerError('PROOF_MALFORMED', `A hash has ${HASH_BYTES} bytes, not ${hash.length}.`, field)
}
