import { isDomainError } from '@lethe/domain'
import type { LogCheckpoint } from '../signing/log-checkpoint.js'
import { type CachedNode, leavesOfLevel } from '../tree/cached-nodes.js'
import { appendLeaves, emptyFrontier, type Frontier, frontierFromRow, frontierRoot } from '../tree/frontier.js'
import type { Findings } from './findings.js'

type Range = readonly [first: number, last: number]

/** A signed head and where it was found. */
export interface SignedHead {
  readonly head: LogCheckpoint
  readonly place: string
}

/** More missing rows in one place than this are not stood in for; the tree is picked up at the next checkpoint. */
const MAX_STAND_INS = 1_000_000
const STAND_IN = Buffer.alloc(32)

/**
 * The tree over the rows as they are now, against what was signed. After rows that differ from what a checkpoint covers,
 * the tree goes on from that checkpoint's own frontier, so that a second change further on is found by itself.
 */
export class TreeCheck {
  #frontier: Frontier = emptyFrontier
  /** Entries below this are as they were signed. */
  #agreed = 0
  /** False when the rows differ from what was signed and nothing sound to go on from was found. */
  #isAnchored = true
  /** From a fork on every head differs; the first one tells. */
  #isForked = false
  /** Cached roots since #agreed that differ from what the rows give: which of the two is wrong, the next head tells. */
  #doubts: CachedNode[] = []

  constructor(private readonly findings: Findings) {}

  get size(): number {
    return this.#frontier.size
  }

  /** @returns roots that a store must have cached when these leaves were integrated. */
  append(leaf: Buffer, missing: number): CachedNode[] {
    const nodes: CachedNode[] = []
    if (missing > MAX_STAND_INS) {
      this.#isAnchored = false
      this.#frontier = { size: this.#frontier.size + missing, peaks: [] }
    } else
      for (let at = 0; at < missing; at++)
        this.#frontier = appendLeaves(this.#frontier, [STAND_IN], (node) => nodes.push(node))
    if (this.#frontier.peaks.length === 0 && this.#frontier.size > 0) {
      this.#frontier = { size: this.#frontier.size + 1, peaks: [] }
      return nodes
    }
    this.#frontier = appendLeaves(this.#frontier, [leaf], (node) => nodes.push(node))
    return nodes
  }

  /** A cached root that differs from what the rows give. Says nothing where the rows are known to be others. */
  doubt(node: CachedNode): void {
    if (this.#isAnchored) this.#doubts.push(node)
  }

  /** Every sound head of the present size. `frontier`: what the database keeps for the next integration. */
  compare(heads: readonly SignedHead[], frontier: unknown): void {
    if (heads.length === 0) return
    const stored = soundFrontier(frontier, this.size)
    const root = this.#frontier.peaks.length > 0 ? frontierRoot(this.#frontier) : undefined
    const others = heads.filter(({ head }) => root === undefined || !root.equals(head.root))
    this.#reportForks(heads)
    if (others.length === 0) return this.#agree(heads, stored)
    const [{ head, place } = {} as SignedHead] = others
    if (this.#isAnchored) this.#reportRewrite(head, place, stored)
    this.#doubts = []
    const anchor = stored !== undefined && frontierRoot(stored).equals(head.root) ? stored : undefined
    this.#isAnchored = anchor !== undefined
    if (anchor === undefined) return
    this.#frontier = anchor
    this.#agreed = anchor.size
  }

  /** What no head came to judge any more. */
  end(): void {
    this.#blameNodes()
  }

  #agree(heads: readonly SignedHead[], stored: Frontier | undefined): void {
    this.#blameNodes()
    this.#agreed = this.size
    this.#isAnchored = true
    const isStored = heads.some(({ place }) => place === 'database')
    if (isStored && (stored === undefined || !frontierRoot(stored).equals(frontierRoot(this.#frontier))))
      this.findings.add({
        code: 'FRONTIER_WRONG',
        checkpoint: this.size,
        place: 'database',
        sentence: `The frontier kept with the checkpoint of ${this.size} entries is not that of its tree; the next integration would sign a wrong head.`,
      })
  }

  #reportForks(heads: readonly SignedHead[]): void {
    const [first, ...rest] = heads
    const other = rest.find(({ head }) => !Buffer.from(head.root).equals(first?.head.root ?? Buffer.of()))
    if (this.#isForked || first === undefined || other === undefined) return
    this.#isForked = true
    this.findings.add({
      code: 'CHECKPOINT_FORKED',
      checkpoint: this.size,
      place: other.place,
      sentence: `Two heads of ${this.size} entries are signed: the one in ${first.place} and another in ${other.place}.`,
    })
  }

  #reportRewrite(head: LogCheckpoint, place: string, stored: Frontier | undefined): void {
    const range = this.#narrow(head, stored)
    if (this.findings.explains(range)) return
    const [first, last] = range
    const what = first === last ? `Entry ${first} is` : `Entries ${first} to ${last} are`
    const before = this.#agreed === 0 ? '' : ` The checkpoint of ${this.#agreed} entries still agrees.`
    this.findings.add({
      code: 'ENTRIES_REWRITTEN',
      entries: range,
      checkpoint: head.size,
      place,
      sentence: `${what} not what the checkpoint of ${head.size} entries in ${place} was signed over.${before}`,
    })
  }

  /** Between the last head that agrees and this one, as close as sound peaks and cached roots tell. */
  #narrow(head: LogCheckpoint, stored: Frontier | undefined): Range {
    let range: Range = [this.#agreed + 1, head.size]
    if (stored !== undefined && frontierRoot(stored).equals(head.root))
      for (const [at, peak] of peakRanges(stored).entries())
        if (!Buffer.from(stored.peaks[at] ?? STAND_IN).equals(this.#frontier.peaks[at] ?? STAND_IN))
          range = overlap(range, peak) ?? range
    for (const { level, index } of [...this.#doubts].sort((a, b) => b.level - a.level))
      range = overlap(range, [index * leavesOfLevel(level) + 1, (index + 1) * leavesOfLevel(level)]) ?? range
    return range
  }

  /** The rows agree with what was signed, so the cache does not. */
  #blameNodes(): void {
    for (const { level, index } of this.#doubts.splice(0)) {
      const entries = [index * leavesOfLevel(level) + 1, (index + 1) * leavesOfLevel(level)] as const
      this.findings.add({
        code: 'NODE_WRONG',
        entries,
        place: 'database',
        sentence: `The cached root of entries ${entries[0]} to ${entries[1]} (level ${level}, number ${index}) is not what they hash to; proofs over it fail.`,
      })
    }
  }
}

function soundFrontier(row: unknown, size: number): Frontier | undefined {
  try {
    const frontier = frontierFromRow(row)
    return frontier.size === size ? frontier : undefined
  } catch (error) {
    if (isDomainError(error)) return undefined
    throw error
  }
}

/** Sequence numbers below each peak. */
function peakRanges({ size, peaks }: Frontier): Range[] {
  let from = 0
  let left = size
  return peaks.map(() => {
    const width = 2 ** Math.floor(Math.log2(left))
    const range: Range = [from + 1, from + width]
    from += width
    left -= width
    return range
  })
}

function overlap([first, last]: Range, [from, to]: Range): Range | undefined {
  const both: Range = [Math.max(first, from), Math.min(last, to)]
  return both[0] <= both[1] ? both : undefined
}
