import { ledgerError } from '../errors.js'
import { emptyRoot, HASH_BYTES, nodeHash, splitPoint } from './hash.js'
import { consistencyRanges, inclusionRanges, type LeafRange } from './proof-ranges.js'

/** Hashes of one level side by side in one growing block: a Buffer each would cost three times the memory. */
class HashColumn {
  #bytes = new Uint8Array(16 * HASH_BYTES)
  length = 0

  push(hash: Uint8Array): void {
    const end = (this.length + 1) * HASH_BYTES
    if (end > this.#bytes.length) {
      const grown = new Uint8Array(this.#bytes.length * 2)
      grown.set(this.#bytes)
      this.#bytes = grown
    }
    this.#bytes.set(hash, end - HASH_BYTES)
    this.length += 1
  }

  at(index: number): Buffer {
    if (index >= this.length)
      throw ledgerError('OUTSIDE_TREE', `There is no hash ${index} on a level of ${this.length}.`, 'index')
    return Buffer.from(this.#bytes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES))
  }
}

/**
 * A tree in memory that keeps the root of every perfect subtree (64 bytes per leaf in all), so that an append costs
 * O(1) on average, and a root or a proof of *any* earlier size O(log² n) at worst.
 */
export class MerkleTree {
  /** columns[k] holds the roots of the perfect subtrees of 2^k leaves, left to right. */
  readonly #columns: HashColumn[] = [new HashColumn()]

  constructor(leafHashes: Iterable<Uint8Array> = []) {
    for (const leaf of leafHashes) this.append(leaf)
  }

  get size(): number {
    return this.#column(0).length
  }

  append(leafHash: Uint8Array): void {
    if (leafHash.length !== HASH_BYTES) {
      throw ledgerError('OUTSIDE_TREE', `A leaf hash has ${HASH_BYTES} bytes, not ${leafHash.length}.`, 'leafHash')
    }
    let level = 0
    this.#column(0).push(leafHash)
    while (this.#column(level).length % 2 === 0) {
      const column = this.#column(level)
      level += 1
      if (this.#columns.length === level) this.#columns.push(new HashColumn())
      this.#column(level).push(nodeHash(column.at(column.length - 2), column.at(column.length - 1)))
    }
  }

  /** Root of the first `size` leaves. */
  root(size = this.size): Buffer {
    this.#assertReaches(size)
    return size === 0 ? emptyRoot() : this.#rangeRoot([0, size])
  }

  /** Audit path of leaf `index` in the tree of the first `size` leaves, from the leaf upwards (RFC 6962 §2.1.1). */
  inclusionProof(index: number, size = this.size): Buffer[] {
    this.#assertReaches(size)
    return inclusionRanges(index, size).map((range) => this.#rangeRoot(range))
  }

  /** Proof that the tree of the first `first` leaves is a prefix of that of the first `second` (RFC 6962 §2.1.2). */
  consistencyProof(first: number, second = this.size): Buffer[] {
    this.#assertReaches(second)
    return consistencyRanges(first, second).map((range) => this.#rangeRoot(range))
  }

  #column(level: number): HashColumn {
    const column = this.#columns[level]
    if (column === undefined) throw ledgerError('OUTSIDE_TREE', `The tree has no level ${level}.`, 'level')
    return column
  }

  #rangeRoot([from, to]: LeafRange): Buffer {
    const length = to - from
    const level = Math.round(Math.log2(length))
    if (2 ** level === length && from % length === 0) return this.#column(level).at(from / length)
    const middle = from + splitPoint(length)
    return nodeHash(this.#rangeRoot([from, middle]), this.#rangeRoot([middle, to]))
  }

  #assertReaches(size: number): void {
    if (Number.isSafeInteger(size) && size >= 0 && size <= this.size) return
    throw ledgerError(
      'OUTSIDE_TREE',
      `The tree has ${this.size} leaves; ask for a size from 0 to that, not ${size}.`,
      'size',
    )
  }
}
