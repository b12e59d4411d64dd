import type { LogVerifier } from '../signing/log-key.js'
import { type CachedNode, leavesOfLevel } from '../tree/cached-nodes.js'
import { CheckpointCheck, type OutsideCheckpoint, type StoredCheckpoint } from './checkpoint-check.js'
import { EntryChain, type StoredEntry } from './entry-chain.js'
import { Findings, type LogFinding } from './findings.js'
import { type BlobState, KeptBlobs } from './kept-blobs.js'
import { Ordered } from './ordered.js'
import { type SignedHead, TreeCheck } from './tree-check.js'

/** A log as one snapshot of the database holds it, page by page in order, so that memory stays bounded. */
export interface StoredLog {
  entries(): AsyncIterable<readonly StoredEntry[]>
  checkpoints(): AsyncIterable<readonly StoredCheckpoint[]>
  /** Cached roots of one level in order of their index. */
  nodes(level: number): AsyncIterable<readonly CachedNode[]>
}

/** What was published of the log: {@link checkpoints} in order of size, and what is called the newest. */
export interface OutsideLog {
  checkpoints(): AsyncIterable<OutsideCheckpoint>
  /** Read after all others. */
  latest?(): { readonly note: string; readonly place: string } | undefined
}

export interface LogReport {
  readonly origin: string
  readonly entries: number
  /** Entries behind the newest stored checkpoint. */
  readonly pending: number
  /** Checkpoints in the database, and outside it. */
  readonly checkpoints: { readonly stored: number; readonly outside: number }
  /** Blobs that evidence names and that were looked at; null when none were. */
  readonly blobs: number | null
  /** Nothing wrong: empty. */
  readonly findings: readonly LogFinding[]
  /** Findings beyond the listed ones. */
  readonly moreFindings: number
}

const LEVELS = [1, 2, 3, 4, 5, 6]

/**
 * Rebuilds a log from its rows and holds it against everything that was ever signed over it: body → leaf hash → chain →
 * cached subtrees → checkpoints in the database → checkpoints outside it, and the blobs that it names. `outside`: listed before
 * the database was read. Nothing in the database is believed; `trusted` keys come from elsewhere.
 */
export async function checkLog(input: {
  tenantId: string
  origin: string
  trusted: readonly LogVerifier[]
  stored: StoredLog
  outside: OutsideLog
  /** Looks for a blob by its digest; absent: blobs are not looked at. */
  look?: ((digest: string) => Promise<BlobState>) | undefined
}): Promise<LogReport> {
  const { tenantId, origin, trusted, stored, outside, look } = input
  const findings = new Findings()
  const kept = new KeptBlobs(findings)
  const chain = new EntryChain(tenantId, findings)
  const tree = new TreeCheck(findings)
  const nodes = new NodeCheck(stored, tree, findings)
  const signed = new CheckpointCheck(origin, trusted, findings)
  const heads = new HeadsInOrder(stored, outside, signed, findings)
  for await (const page of stored.entries())
    for (const entry of page) {
      const { leaf, missing } = chain.take(entry)
      kept.take(entry)
      await heads.passUpTo(entry.seq - 1)
      const completed = tree.append(leaf, missing)
      if (completed.length > 0) await nodes.compare(completed)
      const here = await heads.at(entry.seq)
      if (here !== undefined) tree.compare(here.heads, here.frontier)
    }
  tree.end()
  await heads.passTheRest(tree.size)
  await nodes.end(heads.newestStored)
  const latest = outside.latest?.()
  if (latest !== undefined) signed.latest(latest)
  const blobs = look === undefined ? null : await kept.compare(look)
  return {
    origin,
    entries: tree.size,
    pending: Math.max(0, tree.size - heads.newestStored),
    checkpoints: heads.counts,
    blobs,
    findings: findings.list,
    moreFindings: findings.more,
  }
}

/** Checkpoints of all places side by side, in order of size. */
class HeadsInOrder {
  readonly #stored: Ordered<StoredCheckpoint>
  readonly #outside: Ordered<OutsideCheckpoint>
  readonly counts = { stored: 0, outside: 0 }
  newestStored = 0
  #unpublished: number[] = []

  constructor(
    stored: StoredLog,
    outside: OutsideLog,
    private readonly check: CheckpointCheck,
    private readonly findings: Findings,
  ) {
    this.#stored = Ordered.ofPages(stored.checkpoints())
    this.#outside = Ordered.of(outside.checkpoints())
  }

  /** Sound heads of exactly this size; undefined when nothing is kept under it. */
  async at(size: number): Promise<{ heads: SignedHead[]; frontier: unknown } | undefined> {
    const stored = await this.#stored.take((next) => next.size === size)
    const outside: OutsideCheckpoint[] = []
    for (;;) {
      const next = await this.#outside.take((candidate) => candidate.size === size)
      if (next === undefined) break
      outside.push(next)
    }
    if (stored === undefined && outside.length === 0) return undefined
    this.#comparePlaces(size, stored, outside)
    const storedHead = stored && this.check.stored(stored)
    const heads: SignedHead[] = storedHead ? [{ head: storedHead, place: 'database' }] : []
    for (const each of outside) {
      const head = this.check.outside(each)
      if (head) heads.push({ head, place: each.place })
    }
    return { heads, frontier: stored?.frontier }
  }

  /** Checkpoints of sizes at which a row is missing: their signatures are still looked at. */
  async passUpTo(size: number): Promise<void> {
    for (;;) {
      const next = await this.#smallest()
      if (next === undefined || next > size) return
      await this.at(next)
    }
  }

  /** Checkpoints that cover more than there is. */
  async passTheRest(rows: number): Promise<void> {
    let largest: SignedHead | undefined
    for (let size = await this.#smallest(); size !== undefined; size = await this.#smallest())
      largest = (await this.at(size))?.heads.at(-1) ?? largest
    if (largest === undefined || largest.head.size <= rows) return
    this.findings.add({
      code: 'ENTRIES_LOST',
      entries: [rows + 1, largest.head.size],
      checkpoint: largest.head.size,
      place: largest.place,
      sentence: `Entries ${rows + 1} to ${largest.head.size} are gone: the checkpoint in ${largest.place} was signed over them. The log was rolled back.`,
    })
  }

  async #smallest(): Promise<number | undefined> {
    const sizes = [(await this.#stored.peek())?.size, (await this.#outside.peek())?.size]
    return sizes.reduce((least, size) => (least === undefined || (size !== undefined && size < least) ? size : least))
  }

  #comparePlaces(size: number, stored: StoredCheckpoint | undefined, outside: readonly OutsideCheckpoint[]): void {
    this.counts.outside += outside.length
    if (stored !== undefined) {
      this.counts.stored += 1
      this.newestStored = size
      if (outside.length === 0) this.#unpublished.push(size)
    }
    const [first] = outside
    if (first === undefined) return
    // Oldest first is the order of publication, so these were published too; the newest may still be on its way.
    for (const missing of this.#unpublished)
      this.findings.add({
        code: 'CHECKPOINT_UNPUBLISHED',
        checkpoint: missing,
        place: 'database',
        sentence: `The checkpoint of ${missing} entries is not among the published ones, though newer ones are: its file was removed.`,
      })
    this.#unpublished = []
    if (stored === undefined)
      this.findings.add({
        code: 'CHECKPOINT_MISSING',
        checkpoint: size,
        place: first.place,
        sentence: `The checkpoint of ${size} entries was signed and published (${first.place}), and is not in the database.`,
      })
  }
}

/** Cached subtree roots against those that the rows give. */
class NodeCheck {
  readonly #levels: ReadonlyMap<number, Ordered<CachedNode>>
  #absent: CachedNode[] = []

  constructor(
    stored: StoredLog,
    private readonly tree: TreeCheck,
    private readonly findings: Findings,
  ) {
    this.#levels = new Map(LEVELS.map((level) => [level, Ordered.ofPages(stored.nodes(level))]))
  }

  async compare(completed: readonly CachedNode[]): Promise<void> {
    for (const node of completed) {
      const kept = await this.#levels.get(node.level)?.take(({ index }) => index === node.index)
      if (kept === undefined) this.#absent.push(node)
      else if (!Buffer.from(kept.hash).equals(node.hash)) this.tree.doubt(node)
    }
  }

  /** `integrated`: size of the newest stored checkpoint; roots of later leaves are not cached yet. */
  async end(integrated: number): Promise<void> {
    for (const { level, index } of this.#absent)
      if ((index + 1) * leavesOfLevel(level) <= integrated) this.#find('NODE_MISSING', level, index, 'is missing')
    for (const [level, kept] of this.#levels)
      for (let extra = await kept.take(() => true); extra !== undefined; extra = await kept.take(() => true))
        this.#find('NODE_UNKNOWN', level, extra.index, 'belongs to no integrated entries')
  }

  #find(code: 'NODE_MISSING' | 'NODE_UNKNOWN', level: number, index: number, what: string): void {
    const entries = [index * leavesOfLevel(level) + 1, (index + 1) * leavesOfLevel(level)] as const
    const sentence = `The cached root of entries ${entries[0]} to ${entries[1]} (level ${level}, number ${index}) ${what}.`
    this.findings.add({ code, entries, place: 'database', sentence })
  }
}
