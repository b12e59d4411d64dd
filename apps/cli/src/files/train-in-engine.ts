import { DomainError, isDomainError, type RunCost } from '@lethe/domain'
import {
  costOf,
  readResumePoint,
  startCostMeter,
  writeResumePoint,
  type CheckpointBytes,
  type EngineThread,
  type Job,
  type JobResult,
  type ResumePoint,
} from '@lethe/engine'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { isModelDirectory, modelFiles, writeWhole } from './model-directory.js'
import { showProgress } from './show-progress.js'

type TrainingJob = Extract<Job, { kind: 'pretrain' | 'unlearn' }>
type TrainingResult = Extract<JobResult, { kind: 'pretrain' | 'unlearn' }>

export type TrainingOutcome =
  | { readonly kind: 'done'; readonly result: TrainingResult; readonly cost: RunCost }
  /** `epoch` finished epochs can be resumed from; null where there are none. */
  | { readonly kind: 'interrupted'; readonly epoch: number | null }

/** Days: an epoch takes as long as it takes, unless one insists. */
const boundaryPatienceMs = 2 ** 31 - 1 - 2000

/**
 * Where an earlier attempt in this folder left off.
 * @throws DomainError OUT_TAKEN, RESUME_MISSING, RESUME_POINT_INVALID.
 */
export function findResumePoint(directory: string, isResumed: boolean): ResumePoint | null {
  const file = path.join(directory, modelFiles.resume)
  if (isModelDirectory(directory))
    throw new DomainError('OUT_TAKEN', `${directory} holds a finished model; name another folder.`, '--out')
  if (!existsSync(file)) {
    if (!isResumed) return null
    throw new DomainError('RESUME_MISSING', `${directory} holds no unfinished run; leave out --resume.`, '--resume')
  }
  if (!isResumed)
    throw new DomainError(
      'OUT_TAKEN',
      `${directory} holds an unfinished run; go on with --resume, or name another folder.`,
      '--out',
    )
  try {
    return readResumePoint(readFileSync(file))
  } catch (error) {
    if (!isDomainError(error)) throw error
    throw new DomainError(error.code, `${file} cannot be read; remove it and start without --resume.`, '--resume')
  }
}

/**
 * Trains with progress on the screen, saving where it can be resumed. The first Ctrl-C stops it at the end of the epoch, the
 * second at once.
 * @throws DomainError as the engine refuses; after a divergence the last good checkpoint lies in `last-good/`.
 */
export async function trainInEngine(
  engine: EngineThread,
  job: TrainingJob,
  { directory, spent }: { directory: string; spent: ResumePoint['spent'] | null },
): Promise<TrainingOutcome> {
  const resumeFile = path.join(directory, modelFiles.resume)
  const meter = startCostMeter(spent)
  const progress = showProgress()
  const interruption = listenForInterruption(engine)
  let [epoch, savedEpoch]: [number, number | null] = [0, job.resume === null ? null : 0]
  let last: CheckpointBytes | null = null
  try {
    const result = await engine.run(job, {
      signal: interruption.signal,
      mayFinishEpoch: () => true,
      boundaryPatienceMs,
      onProgress: (told) => {
        epoch = told.epoch ?? epoch
        progress.update(told)
      },
      onCheckpoint: (checkpoint) => {
        mkdirSync(directory, { recursive: true })
        writeWhole(resumeFile, writeResumePoint({ checkpoint, spent: meter.read() }))
        savedEpoch = epoch
        last = checkpoint
      },
    })
    return { kind: 'done', result: result as TrainingResult, cost: costOf(meter.read(), engine.device.device) }
  } catch (error) {
    if (interruption.signal.aborted) return { kind: 'interrupted', epoch: savedEpoch }
    if (isDomainError(error) && error.code === 'LOSS_NOT_FINITE' && last !== null) keepLastGood(directory, last)
    throw error
  } finally {
    progress.stop()
    interruption.end()
    meter.stop()
  }
}

/** Resuming from it would diverge again; it is there to be used. */
function keepLastGood(directory: string, { weights, state }: CheckpointBytes): void {
  const folder = path.join(directory, 'last-good')
  mkdirSync(folder, { recursive: true })
  writeWhole(path.join(folder, modelFiles.weights), weights)
  writeWhole(path.join(folder, modelFiles.state), state)
  rmSync(path.join(directory, modelFiles.resume), { force: true })
  process.stderr.write(`The checkpoint of the last whole epoch is in ${folder}.\n`)
}

interface Interruption {
  readonly signal: AbortSignal
  end(): void
}

function listenForInterruption(engine: EngineThread): Interruption {
  const controller = new AbortController()
  const onSignal = (): void => {
    if (controller.signal.aborted) return void engine.close()
    process.stderr.write('\nStopping at the end of this epoch; once more stops at once.\n')
    controller.abort(new Error('interrupted'))
  }
  const signals = ['SIGINT', 'SIGTERM'] as const
  for (const name of signals) process.on(name, onSignal)
  return {
    signal: controller.signal,
    end: () => {
      for (const name of signals) process.off(name, onSignal)
    },
  }
}
