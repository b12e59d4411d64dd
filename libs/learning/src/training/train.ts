import type { Progress } from '@lethe/domain'
import type { OpenViewSource, ViewSource } from '@lethe/views'
import * as tf from '@tensorflow/tfjs'
import { captureState, type CapturedState } from '../checkpoint/capture-state.js'
import type { ModelCheckpoint } from '../checkpoint/model-checkpoint.js'
import type { CurvePoint, EpochScores, TrainingState } from '../checkpoint/training-state.js'
import type { ContrastiveModel } from '../model/contrastive-model.js'
import { gradientsOf } from './gradients.js'
import type { Optimizer } from './optimizers/optimizer.js'
import type { TrainingPhase, TrainingStep } from './phase.js'
import { prepareAhead, type PreparedStep } from './prepare-step.js'
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
  /** Who draws the views; on this thread unless said otherwise. What is drawn does not depend on it. */
  readonly views?: OpenViewSource | undefined
}

export interface TrainingRun extends RunControl {
  readonly model: ContrastiveModel
  readonly optimizer: Optimizer
  readonly viewSource: ViewSource
  readonly phases: readonly TrainingPhase[]
  /** Rows that go through a tower at once; null is all of them. */
  readonly chunkSize: number | null
  /** Scores of an epoch's weights, where this epoch has any; see `Evaluation`. */
  readonly evaluate?: ((epoch: number) => Promise<EpochScores | null>) | undefined
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
  const capture = (state: TrainingState) => captureState(run.model, run.optimizer, state)
  let state = run.state
  let lastGood = capture(state)
  const ahead = prepareAhead(stepsFrom(phases, state.epoch), run.viewSource, run.model.shape.raster, run.chunkSize)
  try {
    while (state.epoch < epochs) {
      const epoch = await trainEpoch(run, state, meter, ahead)
      if (!epoch.isFinite) throw new TrainingDiverged(await lastGood.checkpoint(), state.epoch + 1, epoch.steps)
      const scores = await run.evaluate?.(state.epoch + 1)
      const point: CurvePoint = { epoch: state.epoch + 1, loss: epoch.meanLoss, ...scores }
      state = { ...state, epoch: point.epoch, step: state.step + epoch.steps, curve: [...state.curve, point] }
      lastGood = replace(lastGood, capture(state))
      await run.onCheckpoint?.({ epoch: state.epoch, epochs, checkpoint: lastGood.checkpoint })
    }
    return state
  } finally {
    await ahead.return(undefined)
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

/** The next epoch's steps out of `ahead`, which has them prepared while others are computed, also across epochs. */
async function trainEpoch(
  run: TrainingRun,
  state: TrainingState,
  meter: ProgressMeter,
  ahead: AsyncGenerator<PreparedStep, void>,
): Promise<EpochResult> {
  const { phase, epochOfPhase } = locate(run.phases, state.epoch)
  let lossSum = 0
  let steps = 0
  while (steps < phase.stepsPerEpoch) {
    run.signal.throwIfAborted()
    const prepared = await nextStep(run, meter, ahead)
    run.signal.throwIfAborted()
    const learningRate = phase.learningRate(epochOfPhase * phase.stepsPerEpoch + steps)
    const loss = await takeStep(run, prepared, learningRate, state.step + steps + 1)
    steps += 1
    if (!Number.isFinite(loss)) return { isFinite: false, meanLoss: loss, steps }
    lossSum += loss
    const at = { phase: phase.name, epoch: state.epoch + 1, step: state.step + steps }
    run.onProgress?.(meter.report({ ...at, loss, samples: prepared.step.samples }))
    await tf.nextFrame()
  }
  return { isFinite: await areWeightsFinite(run.model), meanLoss: lossSum / steps, steps }
}

async function nextStep(
  { now }: TrainingRun,
  meter: ProgressMeter,
  ahead: AsyncGenerator<PreparedStep, void>,
): Promise<PreparedStep> {
  const fromMs = now()
  const next = await ahead.next()
  if (next.done === true) throw new RangeError('a phase has fewer steps than it says')
  meter.waited(now() - fromMs)
  return next.value
}

/** The steps of all epochs from this one on, counted over all phases. */
function* stepsFrom(phases: readonly TrainingPhase[], epoch: number): Generator<TrainingStep> {
  const epochs = phases.reduce((sum, phase) => sum + phase.epochs, 0)
  for (let at = epoch; at < epochs; at++) {
    const { phase, epochOfPhase } = locate(phases, at)
    yield* phase.steps(epochOfPhase)
  }
}

function locate(phases: readonly TrainingPhase[], epoch: number): { phase: TrainingPhase; epochOfPhase: number } {
  let epochOfPhase = epoch
  for (const phase of phases) {
    if (epochOfPhase < phase.epochs) return { phase, epochOfPhase }
    epochOfPhase -= phase.epochs
  }
  throw new RangeError(`epoch ${epoch} lies behind the last phase`)
}

/** One gradient step, the `number`th of the run; gives the objective before it. */
async function takeStep(
  { model, optimizer }: TrainingRun,
  prepared: PreparedStep,
  learningRate: number,
  number: number,
): Promise<number> {
  const { loss, gradients, key } = gradientsOf(model, prepared)
  optimizer.apply(gradients, learningRate, number)
  if (key !== null) prepared.step.afterStep?.(key)
  const [value] = await loss.data()
  tf.dispose([loss, gradients, ...(key === null ? [] : [key])])
  return value as number
}

async function areWeightsFinite({ trainable, statistics }: ContrastiveModel): Promise<boolean> {
  const magnitude = tf.tidy(() =>
    tf.addN([...trainable.values(), ...statistics.values()].map((values) => tf.sum(tf.abs(values)))),
  )
  const [value] = await magnitude.data()
  magnitude.dispose()
  return Number.isFinite(value)
}
