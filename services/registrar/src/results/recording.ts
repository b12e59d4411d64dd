import type { RunResult } from '@lethe/bus'
import type { Run, Tx } from '@lethe/db'

export type Succeeded = Extract<RunResult, { outcome: 'succeeded' }>
export type Ended = Exclude<RunResult, { outcome: 'succeeded' }>

/** What a part of the recording works with; evidence that it gives is put on record last. */
export interface Recording {
  readonly tx: Tx
  readonly run: Run
  readonly now: Date
}
