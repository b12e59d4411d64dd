/** What can be wrong with a stored log; one line of meaning each. */
export type LogFindingCode =
  /** Sequence numbers that no row has. */
  | 'ENTRY_MISSING'
  /** A row's body, kind or hashes do not belong together. */
  | 'ENTRY_CHANGED'
  /** A row agrees with itself, but the row after it was chained to another. */
  | 'ENTRY_REPLACED'
  /** Rows and chain agree with themselves, but not with what was signed over them. */
  | 'ENTRIES_REWRITTEN'
  /** A signed checkpoint covers more rows than there are: the log was rolled back. */
  | 'ENTRIES_LOST'
  /** A checkpoint that nobody trusted signed, of another log, or not of the size under which it is kept. */
  | 'CHECKPOINT_INVALID'
  /** Published, and no longer in the database. */
  | 'CHECKPOINT_MISSING'
  /** In the database, and no longer where checkpoints are published though newer ones are. */
  | 'CHECKPOINT_UNPUBLISHED'
  /** Two valid heads of one size. */
  | 'CHECKPOINT_FORKED'
  /** The stored frontier is not that of the signed tree; the next integration would go wrong. */
  | 'FRONTIER_WRONG'
  /** A published growth proof does not lead from the checkpoint before to its own. */
  | 'GROWTH_INVALID'
  /** A cached subtree root is not what its leaves hash to. */
  | 'NODE_WRONG'
  | 'NODE_MISSING'
  /** A cached subtree root of leaves that no checkpoint covers. */
  | 'NODE_UNKNOWN'
  /** Named by evidence, not stored, and without a receipt. */
  | 'BLOB_MISSING'
  /** Stored with other bytes than its digest says. */
  | 'BLOB_CHANGED'
  /** Stored, though a receipt says that it was deleted. */
  | 'BLOB_UNDELETED'

export interface LogFinding {
  readonly code: LogFindingCode
  /** First and last sequence number that it is about. */
  readonly entries?: readonly [first: number, last: number]
  /** Size of the checkpoint that it is about. */
  readonly checkpoint?: number
  /** `database`, or the file. */
  readonly place?: string
  /** For people; names what to look at. */
  readonly sentence: string
}

/** A damaged log can have a finding a row; more than these are only counted. */
const MAX_FINDINGS = 200

/** Gathers findings, of the same kind side by side as one. */
export class Findings {
  readonly list: LogFinding[] = []
  /** Findings beyond those in the list. */
  more = 0

  add(finding: LogFinding): void {
    const last = this.list.at(-1)
    const joined = last === undefined ? undefined : join(last, finding)
    if (joined !== undefined) this.list[this.list.length - 1] = joined
    else if (this.list.length < MAX_FINDINGS) this.list.push(finding)
    else this.more += 1
  }

  /** True when a row between these sequence numbers was found wrong by itself. */
  explains([first, last]: readonly [number, number]): boolean {
    return this.list.some(
      ({ code, entries }) =>
        entries !== undefined && code.startsWith('ENTRY_') && entries[0] <= last && entries[1] >= first,
    )
  }
}

/** Both as one, when the second goes on where the first ends. */
function join(last: LogFinding, next: LogFinding): LogFinding | undefined {
  if (last.code !== next.code || last.entries === undefined || next.entries === undefined) return undefined
  if (last.entries[1] + 1 !== next.entries[0]) return undefined
  const entries = [last.entries[0], next.entries[1]] as const
  const sentence = rangeSentence(next.code, entries)
  return sentence === undefined ? undefined : { ...last, entries, sentence }
}

export function rangeSentence(code: LogFindingCode, [first, last]: readonly [number, number]): string | undefined {
  const what = first === last ? `Entry ${first}` : `Entries ${first} to ${last}`
  const [is, was] = first === last ? ['is', 'was'] : ['are', 'were']
  switch (code) {
    case 'ENTRY_MISSING':
      return `${what} ${is} missing: no row has that number.`
    case 'ENTRY_CHANGED':
      return `${what} ${was} changed: body, kind and hashes do not belong together.`
    case 'ENTRY_REPLACED':
      return `${what} ${was} replaced, hashes and all: the next entry was chained to another.`
    default:
      return undefined
  }
}
