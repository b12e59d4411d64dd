import { DomainError, isDomainError } from '@lethe/domain'
import type { CheckpointRef } from './contracts/blobs.js'

/** Why a running task is asked to stop. It is the `reason` of the handler's AbortSignal. */
export class TaskInterrupt extends Error {
  override readonly name = 'TaskInterrupt'
  constructor(readonly why: 'cancelled' | 'shutdown' | 'superseded') {
    super(`The task was interrupted: ${why}.`)
  }
}

export interface TaskFailure {
  readonly code: string
  readonly message: string
  readonly field?: string
  /** Where training was still sound, for whoever looks into it. */
  readonly lastGood?: CheckpointRef
}

/** A refusal after which a checkpoint is left that is worth keeping. */
export class FailureWithCheckpoint extends DomainError {
  constructor(
    { code, message, field }: DomainError,
    readonly lastGood: CheckpointRef,
  ) {
    super(code, message, field)
  }
}

/** What is done with a delivery once its handler has thrown. There is no other way to settle one. */
export type Settlement =
  /** Asked for: end the run as cancelled, acknowledge. */
  | { readonly kind: 'cancelled' }
  /** The worker stops: back to the queue at once, not counted. */
  | { readonly kind: 'handed-back' }
  /** Another worker has it: leave the message alone. */
  | { readonly kind: 'superseded' }
  /** An expected refusal: trying again cannot help. End the run as failed, acknowledge. */
  | { readonly kind: 'refused'; readonly failure: TaskFailure }
  /** An accident: back to the queue after a pause. */
  | { readonly kind: 'retry'; readonly delayMs: number }
  /** Accidents without end: end the run as failed, keep the message as a dead letter. */
  | { readonly kind: 'exhausted'; readonly failure: TaskFailure }

export interface RetryPolicy {
  /** Attempts that count: those that failed or were lost, not those that were handed back. */
  readonly maxAttempts: number
  /** Pause before the second attempt, the third, and so on; the last one repeats. */
  readonly delaysMs: readonly number[]
}

export const defaultRetryPolicy: RetryPolicy = { maxAttempts: 5, delaysMs: [1000, 5000, 15_000, 30_000] }

/** The only place where an error becomes a settlement. An interruption explains whatever was thrown after it. */
export function classify(error: unknown, signal: AbortSignal, counted: number, policy: RetryPolicy): Settlement {
  if (isDomainError(error) && error.code === 'ATTEMPT_SUPERSEDED') return { kind: 'superseded' }
  if (signal.aborted && signal.reason instanceof TaskInterrupt) {
    const { why } = signal.reason
    return { kind: why === 'shutdown' ? 'handed-back' : why }
  }
  if (isDomainError(error)) {
    const { code, message, field } = error
    const kept = error instanceof FailureWithCheckpoint ? { lastGood: error.lastGood } : {}
    return { kind: 'refused', failure: { code, message, ...(field === undefined ? {} : { field }), ...kept } }
  }
  if (counted >= policy.maxAttempts) return { kind: 'exhausted', failure: exhaustion(counted) }
  return { kind: 'retry', delayMs: policy.delaysMs[Math.min(counted, policy.delaysMs.length) - 1] ?? 0 }
}

/** Says nothing of the accident itself: its message may hold what a tenant must not see. Logs have it. */
export const exhaustion = (counted: number): TaskFailure => ({
  code: 'ATTEMPTS_EXHAUSTED',
  message: `The work failed or was lost ${counted} times and is given up; it is kept as a dead letter for the operator.`,
})
