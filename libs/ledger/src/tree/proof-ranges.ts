import { ledgerError } from '../errors.js'
import { splitPoint } from './hash.js'

/** Leaves from (inclusive) – to (exclusive); its root is one hash of a proof. */
export type LeafRange = readonly [from: number, to: number]

/**
 * Which subtree roots make up the audit path of leaf `index` in a tree of `size`, from the leaf upwards
 * (RFC 6962 §2.1.1). Apart from the hashes, so that a store of nodes can fetch them all in one query.
 */
export function inclusionRanges(index: number, size: number): LeafRange[] {
  if (!Number.isSafeInteger(size) || !Number.isSafeInteger(index) || index < 0 || index >= size) {
    throw ledgerError(
      'OUTSIDE_TREE',
      `Leaf ${index} is not in a tree of ${size}; ask for one from 0 to ${size - 1}.`,
      'index',
    )
  }
  const descend = (from: number, to: number): LeafRange[] => {
    if (to - from === 1) return []
    const middle = from + splitPoint(to - from)
    return index < middle ? [...descend(from, middle), [middle, to]] : [...descend(middle, to), [from, middle]]
  }
  return descend(0, size)
}

/**
 * Which subtree roots prove that the tree of `first` leaves is a prefix of that of `second` (RFC 6962 §2.1.2).
 * From an empty tree, and from a tree to itself, the proof is empty.
 */
export function consistencyRanges(first: number, second: number): LeafRange[] {
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(second) || first < 0 || first > second) {
    throw ledgerError(
      'OUTSIDE_TREE',
      `A tree of ${first} cannot be a prefix of one of ${second}; the first size comes first.`,
      'first',
    )
  }
  const descend = (from: number, to: number, whole: boolean): LeafRange[] => {
    if (first === to) return whole ? [] : [[from, to]]
    const middle = from + splitPoint(to - from)
    return first <= middle
      ? [...descend(from, middle, whole), [middle, to]]
      : [...descend(middle, to, false), [from, middle]]
  }
  return first === 0 ? [] : descend(0, second, true)
}
