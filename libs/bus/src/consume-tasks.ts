import { DomainError, isDomainError, type Progress, type RunCost, type RunKind } from '@lethe/domain'
import type { Consumer, JsMsg } from '@nats-io/jetstream'
import { setTimeout as wait } from 'node:timers/promises'
import { beginAttempt, type Attempt } from './attempts.js'
import type { Bus } from './bus.js'
import { decodeMessage } from './codec.js'
import { isCancelled } from './cancel.js'
import type { BlobRef } from './contracts/blobs.js'
import type { RunOutput } from './contracts/results.js'
import { Task } from './contracts/tasks.js'
import { bury } from './dead-letter.js'
import { grantHeader, publishProgress, publishResult } from './publish.js'
import { classify, defaultRetryPolicy, exhaustion, type RetryPolicy, type TaskFailure } from './settle.js'
import { runAddress, taskSubject } from './subjects.js'
import { takeOne } from './take-task.js'
import { stream, taskConsumer } from './topology.js'
import { watchInterruptions } from './watch-interruptions.js'

/** What a handler is given. It resolves with what it made, or throws; settle.ts decides what that means. */
export interface TaskContext {
  readonly task: Task
  /** What the run shows to get at blobs of its tenant, and proves its reports by. Never logged. */
  readonly grant: string
  /** 1 for the first. */
  readonly attempt: number
  /** Where an earlier attempt left off. */
  readonly resume: BlobRef | null
  /** Aborts with a TaskInterrupt. The handler may save where it is, and then throws. */
  readonly signal: AbortSignal
  /** Stores a blob for the next attempt to go on from, by `store`, and deletes the one before. */
  saveResume(resume: BlobRef, store: () => Promise<unknown>): Promise<void>
  progress(progress: Progress): void
}

export interface TaskOutcome {
  readonly output: RunOutput
  readonly cost: RunCost
}

/** What happened to a delivery; for logs and metrics. Holds ids and codes only. */
export interface TaskNote {
  readonly event:
    | 'started'
    | 'succeeded'
    | 'already-ended'
    | 'ungranted'
    | 'malformed'
    | 'bus-interrupted'
    | 'cancelled'
    | 'handed-back'
    | 'superseded'
    | 'refused'
    | 'retry'
    | 'exhausted'
  readonly kind?: RunKind
  readonly tenantId?: string
  readonly runId?: string
  readonly attempt?: number
  readonly code?: string
  readonly error?: unknown
}

export interface ConsumeTasksOptions {
  readonly kinds: readonly RunKind[]
  readonly worker: { readonly name: string; readonly device: string }
  /** Called with one task at a time. */
  readonly handler: (context: TaskContext) => Promise<TaskOutcome>
  /** Deletes what a run saved to resume from: what was replaced, and all of it once it has ended in whatever way. */
  readonly discardResume: (of: GrantedTask, resume: BlobRef) => Promise<void>
  /** Stops taking tasks; the running one is asked to checkpoint and is handed back. */
  readonly signal: AbortSignal
  /** Return after one task has settled, or after so long without one. */
  readonly once?: { readonly waitMs: number }
  readonly retry?: RetryPolicy
  /** Well below the consumer's ack wait. */
  readonly heartbeatMs?: number
  readonly note?: (note: TaskNote) => void
}

/** A task without a grant comes again after so long; by then it has gone, or has one. */
const ungrantedPauseMs = 30_000

/** A task and what came beside it. */
export type GrantedTask = Pick<TaskContext, 'task' | 'grant'>

type Worker = ConsumeTasksOptions & { readonly bus: Bus }

/** Takes and settles tasks until the signal aborts and the last one has settled. Waits out an absent server. */
export async function consumeTasks(bus: Bus, options: ConsumeTasksOptions): Promise<void> {
  const worker: Worker = { ...options, bus }
  const idleUntil = options.once ? Date.now() + options.once.waitMs : Infinity
  let consumers: Consumer[] = []
  while (!options.signal.aborted && !bus.nc.isClosed()) {
    try {
      if (consumers.length === 0)
        consumers = await Promise.all(
          options.kinds.map((kind) => bus.js.consumers.get(stream.tasks, taskConsumer(kind))),
        )
      const message = await takeOne(consumers, options.signal, idleUntil - Date.now())
      if (message) await handleDelivery(worker, message)
      if (options.once && (message || Date.now() >= idleUntil)) return
    } catch (error) {
      // Only the bus itself gets here: a delivery settles its own errors, or stays unacknowledged and comes again.
      options.note?.({ event: 'bus-interrupted', error })
      consumers = []
      await wait(250)
    }
  }
}

/** Between taking a message and settling it nothing throws unnoticed: what escapes leaves it unacknowledged. */
async function handleDelivery(worker: Worker, message: JsMsg): Promise<void> {
  const heartbeat = setInterval(() => message.working(), worker.heartbeatMs ?? 3000)
  try {
    const granted = await parseTask(worker, message)
    if (!granted) return
    const { task } = granted
    const beginning = await beginAttempt(worker.bus, task.runId, (blob) => worker.discardResume(granted, blob))
    if (beginning.state === 'ended') {
      await beginning.tidyUp()
      message.ack()
      worker.note?.({ event: 'already-ended', ...who(task) })
    } else await runAttempt(worker, message, granted, beginning.attempt)
  } finally {
    clearInterval(heartbeat)
  }
}

const who = (task: Task): Pick<TaskNote, 'kind' | 'tenantId' | 'runId'> => ({
  kind: task.kind,
  tenantId: task.tenantId,
  runId: task.runId,
})

/**
 * A message that breaks its contract, or speaks of another run than its subject, is kept and never tried again. One without a
 * grant is left to the registrar, which publishes it anew with one: without it nobody could report how the run ended.
 */
async function parseTask(worker: Worker, message: JsMsg): Promise<GrantedTask | null> {
  const address = runAddress(message.subject)
  const grant = message.headers?.get(grantHeader) ?? ''
  if (address !== null && grant === '') {
    worker.note?.({ event: 'ungranted', ...address })
    message.nak(ungrantedPauseMs)
    return null
  }
  try {
    const task = decodeMessage(Task, message.data)
    if (taskSubject(task.kind, task.tenantId, task.runId) !== message.subject)
      throw new DomainError('MESSAGE_MALFORMED', 'The task names another run than its subject does.', 'runId')
    return { task, grant }
  } catch (error) {
    if (!isDomainError(error)) throw error
    worker.note?.({ event: 'malformed', code: error.code, error, ...(address ?? {}) })
    if (address) {
      const at = new Date().toISOString()
      const failure = { code: error.code, message: error.message, ...(error.field ? { field: error.field } : {}) }
      const { kind: runKind, tenantId, runId } = address
      const envelope = { version: 1 as const, tenantId, runId, runKind, attempt: 1, startedAt: at, finishedAt: at }
      await publishResult(worker.bus, { ...envelope, outcome: 'failed', error: failure }, grant)
    }
    await bury(worker.bus, message, error.message)
    return null
  }
}

async function runAttempt(worker: Worker, message: JsMsg, granted: GrantedTask, attempt: Attempt): Promise<void> {
  const { bus } = worker
  const { task } = granted
  const startedAt = new Date().toISOString()
  const policy = worker.retry ?? defaultRetryPolicy
  const end = (outcome: Ending): Promise<void> => endRun(worker, granted, attempt, startedAt, outcome)
  const note = (event: TaskNote['event'], more: Partial<TaskNote> = {}): void =>
    worker.note?.({ event, ...who(task), attempt: attempt.number, ...more })
  // The worker before us died at the last attempt: it could not say so itself.
  if (attempt.counted > policy.maxAttempts) {
    await end({ outcome: 'failed', error: exhaustion(attempt.counted - 1) })
    await bury(bus, message, 'attempts exhausted')
    return note('exhausted')
  }
  const interruption = await watchInterruptions(bus, task, attempt, worker)
  try {
    interruption.signal.throwIfAborted()
    note('started')
    const outcome = await worker.handler(contextOf(worker, granted, attempt, interruption.signal))
    await end({ outcome: 'succeeded', ...outcome })
    message.ack()
    note('succeeded')
  } catch (error) {
    const settlement = classify(error, interruption.signal, attempt.counted, policy)
    switch (settlement.kind) {
      case 'cancelled':
        await end({ outcome: 'cancelled' })
        message.ack()
        break
      case 'refused':
        await end({ outcome: 'failed', error: settlement.failure })
        message.ack()
        break
      case 'exhausted':
        await end({ outcome: 'failed', error: settlement.failure })
        await bury(bus, message, 'attempts exhausted')
        break
      case 'handed-back':
      case 'retry':
        await attempt.settle(settlement.kind === 'retry' ? 'failed' : 'handed-back')
        // Whoever cancels from here on sees that no worker has the run; whoever did before is answered here.
        if (await isCancelled(bus, task.tenantId, task.runId)) {
          await end({ outcome: 'cancelled' })
          message.ack()
        } else message.nak(settlement.kind === 'retry' ? settlement.delayMs : 0)
        break
      case 'superseded':
        break
    }
    note(settlement.kind, { error, ...('failure' in settlement ? { code: settlement.failure.code } : {}) })
  } finally {
    interruption.stop()
    await bus.nc.flush()
  }
}

type Ending =
  ({ outcome: 'succeeded' } & TaskOutcome) | { outcome: 'failed'; error: TaskFailure } | { outcome: 'cancelled' }

/** Result first, record second, tidying third, acknowledgement last: whatever is interrupted between them is repeated harmlessly. */
async function endRun(
  worker: Worker,
  { task, grant }: GrantedTask,
  attempt: Attempt,
  startedAt: string,
  ending: Ending,
): Promise<void> {
  const { tenantId, runId, kind: runKind } = task
  const finishedAt = new Date().toISOString()
  const envelope = { version: 1 as const, tenantId, runId, runKind, attempt: attempt.number, startedAt, finishedAt }
  await publishResult(worker.bus, { ...envelope, ...ending }, grant)
  await attempt.settle('ended')
  await attempt.tidyUp()
}

function contextOf(worker: Worker, granted: GrantedTask, attempt: Attempt, signal: AbortSignal): TaskContext {
  const { tenantId, runId, kind: runKind } = granted.task
  return {
    ...granted,
    attempt: attempt.number,
    resume: attempt.resume,
    signal,
    saveResume: (resume, store) => attempt.saveResume(resume, store),
    progress: (progress) => {
      const { name, device } = worker.worker
      const at = new Date().toISOString()
      const envelope = { version: 1 as const, tenantId, runId, runKind, attempt: attempt.number, worker: name, device }
      publishProgress(worker.bus, { ...envelope, at, progress }, granted.grant)
    },
  }
}
