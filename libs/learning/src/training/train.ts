import type { Progress } from '@lethe/domain'
import * as tf from '@tensorflow/tfjs'
import { captureState, type CapturedState } from '../checkpoint/capture-state.js'
import type { ModelCheckpoint } from '../checkpoint/model-checkpoint.js'
import type { TrainingState } from '../checkpoint/training-state.js'
import type { Raster } from '../checkpoint/weights-file.js'
import { BatchMoments } from '../encoders/batch-moments.js'
import type { Encoder } from '../encoders/encoder.js'
import type { MomentumSgd } from './momentum-sgd.js'
import type { ContrastiveBatch, TrainingPhase } from './phase.js'
import { ProgressMeter } from './progress-meter.js'
import { TrainingDiverged } from './training-diverged.js'

/** The end of an epoch, where a run may be left and taken up again. */
export interface EpochBoundary {
  /** Finished epochs. */
  readonly epoch: number
  readonly epochs: number
  /** Reads the weights back and serialises them; call it only when the checkpoint is wanted, and before the callback returns. */
  checkpoint(): Promise<ModelCheckpoint>
}

/** What the caller of a run may watch and stop. */
export interface RunControl {
  /** Checked before every step; its reason is thrown. */
  readonly signal: AbortSignal
  /** Milliseconds of a clock that never runs backwards. */
  readonly now: () => number
  /** After every step; throttle there. */
  readonly onProgress?: ((progress: Progress) => void) | undefined
  /** After every epoch; training waits for it. */
  readonly onCheckpoint?: ((boundary: EpochBoundary) => Promise<void> | void) | undefined
}

export interface TrainingRun extends RunControl {
  readonly encoder: Encoder
  readonly optimizer: MomentumSgd
  readonly raster: Raster
  readonly phases: readonly TrainingPhase[]
  /** Where to begin, and what every checkpoint says besides its epoch. */
  readonly state: TrainingState
}

/**
 * Runs the phases from `state.epoch` to their end and returns where it got. The weights after epoch k are a function of the
 * recipe, the data and the backend alone, so a run resumed from a boundary ends with the same bits as one left alone.
 * Yields to the event loop between steps.
 * @throws TrainingDiverged with the last good checkpoint; `signal.reason` on abort.
 */
export async function train(run: TrainingRun): Promise<TrainingState> {
  const { phases } = run
  const epochs = phases.reduce((sum, phase) => sum + phase.epochs, 0)
  const steps = phases.reduce((sum, phase) => sum + phase.epochs * phase.stepsPerEpoch, 0)
  const meter = new ProgressMeter({ epochs, steps }, run.now)
  const capture = (state: TrainingState) => captureState(run.encoder, run.optimizer, state, run.raster)
  let state = run.state
  let lastGood = capture(state)
  try {
    while (state.epoch < epochs) {
      const epoch = await trainEpoch(run, state, meter)
      if (!epoch.isFinite) throw new TrainingDiverged(await lastGood.checkpoint(), state.epoch + 1, epoch.steps)
      const point = { epoch: state.epoch + 1, loss: epoch.meanLoss }
      state = { ...state, epoch: point.epoch, step: state.step + epoch.steps, curve: [...state.curve, point] }
      lastGood = replace(lastGood, capture(state))
      await run.onCheckpoint?.({ epoch: state.epoch, epochs, checkpoint: lastGood.checkpoint })
    }
    return state
  } finally {
    lastGood.dispose()
  }
}

function replace(old: CapturedState, next: CapturedState): CapturedState {
  old.dispose()
  return next
}

interface EpochResult {
  readonly isFinite: boolean
  readonly meanLoss: number
  /** Steps taken; fewer than the epoch has where a loss was not finite. */
  readonly steps: number
}

async function trainEpoch(run: TrainingRun, state: TrainingState, meter: ProgressMeter): Promise<EpochResult> {
  const { phase, epochOfPhase } = locate(run.phases, state.epoch)
  let lossSum = 0
  let steps = 0
  for (const batch of phase.batches(epochOfPhase)) {
    run.signal.throwIfAborted()
    const learningRate = phase.learningRate(epochOfPhase * phase.stepsPerEpoch + steps)
    const loss = await takeStep(run, batch, learningRate)
    steps += 1
    if (!Number.isFinite(loss)) return { isFinite: false, meanLoss: loss, steps }
    lossSum += loss
    const at = { phase: phase.name, epoch: state.epoch + 1, step: state.step + steps }
    run.onProgress?.(meter.report({ ...at, loss, samples: batch.samples }))
    await tf.nextFrame()
  }
  return { isFinite: await areWeightsFinite(run.encoder), meanLoss: lossSum / steps, steps }
}

function locate(phases: readonly TrainingPhase[], epoch: number): { phase: TrainingPhase; epochOfPhase: number } {
  let epochOfPhase = epoch
  for (const phase of phases) {
    if (epochOfPhase < phase.epochs) return { phase, epochOfPhase }
    epochOfPhase -= phase.epochs
  }
  throw new RangeError(`epoch ${epoch} lies behind the last phase`)
}

/** One gradient step; gives the loss before it. */
async function takeStep(run: TrainingRun, batch: ContrastiveBatch, learningRate: number): Promise<number> {
  const { encoder, optimizer, raster } = run
  const moments = new BatchMoments()
  const loss = tf.tidy(() => {
    const views = tf.tensor4d(batch.views, [batch.rows, raster.height, raster.width, raster.channels])
    const { value, grads } = tf.variableGrads(
      () => batch.loss(encoder.forward(views, moments.mode).projection),
      [...encoder.trainable.values()],
    )
    optimizer.apply(grads, learningRate)
    return value
  })
  moments.updateStatistics(encoder)
  moments.dispose()
  const [value] = await loss.data()
  loss.dispose()
  return value as number
}

async function areWeightsFinite({ trainable, statistics }: Encoder): Promise<boolean> {
  const magnitude = tf.tidy(() =>
    tf.addN([...trainable.values(), ...statistics.values()].map((values) => tf.sum(tf.abs(values)))),
  )
  const [value] = await magnitude.data()
  magnitude.dispose()
  return Number.isFinite(value)
}
