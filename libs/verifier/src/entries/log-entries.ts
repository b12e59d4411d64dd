import type { LogCheckpoint } from '../log/log-checkpoint.js'
import type { Finding } from '../report/finding.js'

/** One entry of a log as it was saved; nothing of it is believed yet. */
export interface LogEntry {
  /** Where it was found: a path in an answer, a line of an export. */
  readonly where: string
  /** Number in the log, from 1. */
  readonly seq: number
  /** The statement's exact bytes. */
  readonly body: Uint8Array
  /** What was said beside the statement: each must be so. */
  readonly stated: { readonly kind?: string; readonly erasureRequestId?: string | null; readonly leafHash?: string }
  /** From the leaf to the root; null where all leaves together give the root. */
  readonly path: readonly Uint8Array[] | null
  readonly head: LogHead
}

/** A signed head that entries were proven against. */
export interface LogHead {
  readonly where: string
  /** Null where the note is no checkpoint. */
  readonly checkpoint: LogCheckpoint | null
  /** What was said beside the note: each must be so. */
  readonly stated: { readonly sizes: readonly number[]; readonly root?: string; readonly origin?: string }
}

/** What a file of entries holds. */
export interface LogEntries {
  readonly source: 'answer' | 'export'
  readonly entries: readonly LogEntry[]
  readonly heads: readonly LogHead[]
  /** True where the file claims every entry up to its head. */
  readonly isWhole: boolean
  /** What was wrong with its form. */
  readonly findings: readonly Finding[]
}
