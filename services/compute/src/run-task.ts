import { digestOf, type WorkerStore } from '@lethe/artifacts'
import {
  FailureWithCheckpoint,
  TaskInterrupt,
  type BlobRef,
  type RunOutput,
  type Task,
  type TaskContext,
  type TaskOutcome,
} from '@lethe/bus'
import { isDomainError, type DomainError, type Provenance } from '@lethe/domain'
import {
  costOf,
  readResumePoint,
  startCostMeter,
  writeResumePoint,
  type CheckpointBytes,
  type CostMeter,
  type EngineThread,
  type Job,
  type JobResult,
  type ResumePoint,
} from '@lethe/engine'
import type { Logger } from '@lethe/runtime'
import { audit } from './tasks/audit.js'
import { ingest } from './tasks/ingest.js'
import { pretrain } from './tasks/pretrain.js'
import { redact } from './tasks/redact.js'
import type { Preparation, TaskKind } from './tasks/task-kit.js'
import { unlearn } from './tasks/unlearn.js'

const kinds: { readonly [Kind in Task['kind']]: TaskKind<Kind> } = { ingest, pretrain, unlearn, audit, redact }

export interface TaskRunner {
  readonly artifacts: WorkerStore
  readonly engine: EngineThread
  readonly provenance: () => Provenance
  readonly checkpointMs: number
  readonly evaluations: number
  readonly logger: Logger
}

/** One attempt: blobs in, the engine's work, blobs out. Where it can be resumed it is, and where that fails it starts anew. */
export async function runTask(runner: TaskRunner, context: TaskContext): Promise<TaskOutcome> {
  const { task, signal } = context
  const point = await findResumePoint(runner, context)
  const meter = startCostMeter(point?.spent ?? null)
  try {
    const result = await compute(runner, context, meter, point).catch((error: unknown) => {
      if (point === null || !isDomainError(error) || error.field !== 'resume') throw error
      runner.logger.warn({ runId: task.runId, code: error.code }, 'resume point refused; starting anew')
      return compute(runner, context, meter, null)
    })
    // What is finished is delivered, also by a worker that is asked to stop.
    if (!isShutdown(signal)) signal.throwIfAborted()
    const keep = (bytes: Uint8Array): Promise<BlobRef> => runner.artifacts.put(task.tenantId, bytes)
    const output = await storeResult(task.kind, result, keep, runner.provenance())
    return { output, cost: costOf(meter.read(), runner.engine.device.device) }
  } finally {
    meter.stop()
  }
}

/** Null where there is none, or none that can be read: then the run starts anew, which only costs time. */
async function findResumePoint(
  { artifacts, logger }: TaskRunner,
  { task, resume }: TaskContext,
): Promise<ResumePoint | null> {
  if (resume === null) return null
  try {
    return readResumePoint(await artifacts.get(task.tenantId, resume.digest))
  } catch (error) {
    if (!isDomainError(error)) throw error
    logger.warn({ runId: task.runId, code: error.code }, 'resume point unreadable; starting anew')
    return null
  }
}

async function compute(
  runner: TaskRunner,
  context: TaskContext,
  meter: CostMeter,
  point: ResumePoint | null,
): Promise<JobResult> {
  const { signal, task } = context
  const job = await prepareJob(task, {
    artifacts: runner.artifacts,
    provenance: runner.provenance(),
    resume: point?.checkpoint ?? null,
    checkpointMs: runner.checkpointMs,
    evaluations: runner.evaluations,
  })
  signal.throwIfAborted()
  const saving = new Saving(runner, context, meter)
  let newest: CheckpointBytes | null = null
  try {
    return await runner.engine.run(job, {
      signal: AbortSignal.any([signal, saving.superseded]),
      mayFinishEpoch: () => isShutdown(signal) && isTraining(job),
      onProgress: (progress) => context.progress(progress),
      onCheckpoint: (checkpoint) => {
        newest = checkpoint
        saving.add(checkpoint)
      },
    })
  } catch (error) {
    if (isAccident(error)) throw new Error(error.message)
    if (isDiverged(error) && newest !== null) throw await keepLastGood(runner, task.tenantId, error, newest)
    throw error
  } finally {
    await saving.idle()
  }
}

/** A thread that was lost is no fault of the task: another attempt may go well. */
const isAccident = (error: unknown): error is DomainError => isDomainError(error) && error.code === 'VIEW_THREAD_LOST'

const isDiverged = (error: unknown): error is DomainError => isDomainError(error) && error.code === 'LOSS_NOT_FINITE'

/** Resume points go when a run ends; what a diverged run was before it diverged stays. */
async function keepLastGood(
  { artifacts }: TaskRunner,
  tenantId: Task['tenantId'],
  error: DomainError,
  { weights, state }: CheckpointBytes,
): Promise<FailureWithCheckpoint> {
  const keep = (bytes: Uint8Array): Promise<BlobRef> => artifacts.put(tenantId, bytes)
  return new FailureWithCheckpoint(error, { weights: await keep(weights), state: await keep(state) })
}

const isShutdown = ({ reason }: AbortSignal): boolean => reason instanceof TaskInterrupt && reason.why === 'shutdown'

const isTraining = ({ kind }: Job): boolean => kind === 'pretrain' || kind === 'unlearn'

/** The task's kind picks both sides; the compiler cannot follow that through a table, so it is said here once. */
const prepareJob = <Kind extends Task['kind']>(
  task: Extract<Task, { kind: Kind }>,
  preparation: Preparation,
): Promise<Job> => (kinds[task.kind] as unknown as TaskKind<Kind>).prepare(task, preparation)

const storeResult = <Kind extends Task['kind']>(
  kind: Kind,
  result: JobResult,
  keep: (bytes: Uint8Array) => Promise<BlobRef>,
  provenance: Provenance,
): Promise<RunOutput> =>
  (kinds[kind] as unknown as TaskKind<Kind>).store(result as Extract<JobResult, { kind: Kind }>, keep, provenance)

/** Stores checkpoints one after the other while training goes on; only the newest that waits is worth storing. */
class Saving {
  #waiting: CheckpointBytes | null = null
  #work: Promise<void> = Promise.resolve()
  readonly #superseded = new AbortController()

  constructor(
    private readonly runner: TaskRunner,
    private readonly context: TaskContext,
    private readonly meter: CostMeter,
  ) {}

  /** Aborts when another worker has the run. */
  get superseded(): AbortSignal {
    return this.#superseded.signal
  }

  add(checkpoint: CheckpointBytes): void {
    this.#waiting = checkpoint
    this.#work = this.#work.then(() => this.#saveNewest())
  }

  idle(): Promise<void> {
    return this.#work
  }

  async #saveNewest(): Promise<void> {
    const checkpoint = this.#waiting
    this.#waiting = null
    if (checkpoint === null) return
    const { artifacts, logger } = this.runner
    const { tenantId, runId } = this.context.task
    try {
      const bytes = writeResumePoint({ checkpoint, spent: this.meter.read() })
      const blob = { digest: digestOf(bytes), size: bytes.length }
      await this.context.saveResume(blob, () => artifacts.put(tenantId, bytes))
    } catch (error) {
      if (isDomainError(error) && error.code === 'ATTEMPT_SUPERSEDED') this.#superseded.abort(error)
      else logger.warn({ runId, err: error }, 'checkpoint not stored')
    }
  }
}
