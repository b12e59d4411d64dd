import { ledgerError } from '../errors.js'
import { emptyRoot, HASH_BYTES, nodeHash, splitPoint } from './hash.js'
import { consistencyRanges, inclusionRanges, type LeafRange } from './proof-ranges.js'

/**
 * Eight levels of the tree lie between two levels that are kept, as in C2SP tlog-tiles: beside the leaf hashes (level 0) a
 * store keeps the root of every full subtree of 256^level leaves, one row per 256 children. A proof of any size then needs
 * at most 255 hashes of each kept level, so O(log n) rows, and no tree in memory.
 */
const LEVEL_BITS = 8

/** A root that is kept: of the leaves from `index` × 256^level on, 256^level in number; `level` ≥ 1. */
export interface CachedNode {
  readonly level: number
  readonly index: number
  readonly hash: Uint8Array
}

/** `count` kept hashes of one level side by side, the first being number `first`. Level 0 are leaf hashes. */
export interface NodeRun {
  readonly level: number
  readonly first: number
  readonly count: number
}

/** The hashes of each run as one block of `count` × 32 bytes, in the order of the runs. What is missing is left out. */
export type ReadNodes = (runs: readonly NodeRun[]) => Promise<readonly Uint8Array[]>

/** Level of a perfect subtree of 2^height leaves among those that are kept; undefined between them. */
export const cachedLevel = (height: number): number | undefined =>
  height > 0 && height % LEVEL_BITS === 0 ? height / LEVEL_BITS : undefined

/** Leaves below a kept root of this level. */
export const leavesOfLevel = (level: number): number => 2 ** (LEVEL_BITS * level)

/** Root of the first `size` leaves. @throws DomainError NODES_MISSING, OUTSIDE_TREE. */
export async function readRoot(size: number, read: ReadNodes): Promise<Buffer> {
  const [root] = await readRangeRoots(size === 0 ? [] : [[0, size]], read)
  return root ?? emptyRoot()
}

/** Audit path of leaf `index` in the tree of the first `size` leaves. @throws DomainError OUTSIDE_TREE, NODES_MISSING. */
export async function readInclusionProof(index: number, size: number, read: ReadNodes): Promise<Buffer[]> {
  return readRangeRoots(inclusionRanges(index, size), read)
}

/** Audit paths of many leaves in one tree, with a single reading. */
export async function readInclusionProofs(
  indices: readonly number[],
  size: number,
  read: ReadNodes,
): Promise<Buffer[][]> {
  const paths = indices.map((index) => inclusionRanges(index, size))
  const roots = await readRangeRoots(paths.flat(), read)
  let taken = 0
  return paths.map((path) => roots.slice(taken, (taken += path.length)))
}

/** Proof that the tree of `first` leaves begins that of `second`. @throws DomainError OUTSIDE_TREE, NODES_MISSING. */
export async function readConsistencyProof(first: number, second: number, read: ReadNodes): Promise<Buffer[]> {
  return readRangeRoots(consistencyRanges(first, second), read)
}

async function readRangeRoots(ranges: readonly LeafRange[], read: ReadNodes): Promise<Buffer[]> {
  const runs = new Map<string, NodeRun>()
  for (const range of ranges) for (const run of runsOf(range)) runs.set(keyOf(run), run)
  if (runs.size === 0) return []
  const wanted = [...runs.values()]
  const blocks = await read(wanted)
  const roots = new Map(wanted.map((run, at) => [keyOf(run), perfectRoot(run, blocks[at])]))
  return ranges.map((range) => rootOf(range, roots))
}

const keyOf = ({ level, first, count }: NodeRun): string => `${level}:${first}:${count}`

const isPerfect = ([from, to]: LeafRange): boolean => {
  const length = to - from
  return 2 ** Math.round(Math.log2(length)) === length && from % length === 0
}

/** The kept hashes right below a perfect range. */
function runBelow([from, to]: LeafRange): NodeRun {
  const height = Math.round(Math.log2(to - from))
  const level = Math.floor(height / LEVEL_BITS)
  return { level, first: from / leavesOfLevel(level), count: 2 ** (height % LEVEL_BITS) }
}

function halves([from, to]: LeafRange): readonly [LeafRange, LeafRange] {
  const middle = from + splitPoint(to - from)
  return [
    [from, middle],
    [middle, to],
  ]
}

const runsOf = (range: LeafRange): NodeRun[] => (isPerfect(range) ? [runBelow(range)] : halves(range).flatMap(runsOf))

function rootOf(range: LeafRange, roots: ReadonlyMap<string, Buffer>): Buffer {
  if (!isPerfect(range)) {
    const [left, right] = halves(range)
    return nodeHash(rootOf(left, roots), rootOf(right, roots))
  }
  const root = roots.get(keyOf(runBelow(range)))
  if (root === undefined) throw ledgerError('NODES_MISSING', 'A part of the tree was not read.', 'nodes')
  return root
}

/** Root over a whole run, whose count is a power of two. */
function perfectRoot({ level, first, count }: NodeRun, block: Uint8Array | undefined): Buffer {
  if (block?.length !== count * HASH_BYTES) {
    throw ledgerError(
      'NODES_MISSING',
      `The log lacks hashes of level ${level} from ${first} on (${count} wanted); run "lethe ledger fsck".`,
      'nodes',
    )
  }
  let hashes = Array.from({ length: count }, (_, at) => block.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES))
  while (hashes.length > 1) hashes = pairUp(hashes)
  return Buffer.from(hashes[0] as Uint8Array)
}

const pairUp = (hashes: readonly Uint8Array[]): Uint8Array[] =>
  Array.from({ length: hashes.length / 2 }, (_, at) =>
    nodeHash(hashes[2 * at] as Uint8Array, hashes[2 * at + 1] as Uint8Array),
  )
