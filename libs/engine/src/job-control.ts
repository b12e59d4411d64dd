import type { Progress } from '@lethe/domain'
import type { OpenViewSource } from '@lethe/views'
import type { CheckpointBytes } from './protocol.js'

/** What a job may say while it runs, and how it is told to stop. */
export interface JobControl {
  readonly signal: AbortSignal
  /** Milliseconds of a clock that never runs backwards. */
  readonly now: () => number
  /** Where training has its views drawn. */
  readonly views: OpenViewSource
  readonly onProgress: (progress: Progress) => void
  readonly onCheckpoint: (checkpoint: CheckpointBytes) => void
  /** Whether to stop at the next place from which the work can be resumed. */
  readonly isStopWanted: () => boolean
  /** Stops the work: throws by way of `signal`. */
  readonly stop: () => void
}
