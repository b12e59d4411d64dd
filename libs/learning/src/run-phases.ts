import type { Provenance, Samples, TrainingRecipe } from '@lethe/domain'
import type { SafetensorsFile } from '@lethe/safetensors'
import { viewsOnThisThread, type ViewSource } from '@lethe/views'
import { captureState } from './checkpoint/capture-state.js'
import type { ModelCheckpoint } from './checkpoint/model-checkpoint.js'
import { readStateMetadata, type CurvePoint, type TrainingState } from './checkpoint/training-state.js'
import { parseCheckpoint, readWeights } from './checkpoint/weights-file.js'
import { evaluatorOf, type Evaluation } from './evaluation/evaluate-epoch.js'
import { refuse } from './learning-error.js'
import type { Framework } from './methods/framework.js'
import { frameworkOf } from './methods/framework-of.js'
import type { ContrastiveModel } from './model/contrastive-model.js'
import { assertMomentumState, modelFrom } from './model/create-model.js'
import { createOptimizer } from './training/optimizers/create-optimizer.js'
import type { Optimizer } from './training/optimizers/optimizer.js'
import type { TrainingPhase } from './training/phase.js'
import { train, type RunControl } from './training/train.js'

export interface TrainingResult {
  readonly checkpoint: ModelCheckpoint
  /** Per epoch, counted from 1, of the whole run including what a resumed run had behind it. */
  readonly curve: readonly CurvePoint[]
}

export interface ResumableRun extends RunControl {
  readonly recipe: TrainingRecipe
  /** A checkpoint of this very run, from `onCheckpoint`. */
  readonly resume?: ModelCheckpoint | undefined
  /** Written into every checkpoint's state. */
  readonly provenance?: Provenance | undefined
  /** Scores of the features, taken while training goes on; changes no weight. */
  readonly evaluation?: Evaluation | undefined
}

/** A model with what its objectives need. */
export interface Workbench {
  readonly model: ContrastiveModel
  readonly framework: Framework
  /** Over the sets of the run, by their place. */
  readonly views: ViewSource
}

export interface PhasedRun extends ResumableRun {
  /** What is drawn from; set 0 is learned from. */
  readonly sets: readonly Samples[]
  readonly plan: string
  /** The model to begin with, when not resuming. */
  readonly start: () => ContrastiveModel
  /** Before the first phase of a run that is not resumed. */
  readonly prepare?: (bench: Workbench) => Promise<void>
  readonly phasesOf: (framework: Framework) => readonly TrainingPhase[]
  /** After the last phase, before the final checkpoint, which then goes without the optimiser's slots. */
  readonly finish?: (bench: Workbench) => Promise<void>
}

/** Starts or resumes, trains, finishes, and gives the final checkpoint. Leaves no tensor behind. */
export async function runPhases(run: PhasedRun): Promise<TrainingResult> {
  const { recipe, sets } = run
  const { model, optimizer, state } = run.resume === undefined ? begin(run) : takeUp(run, run.resume)
  const views = (run.views ?? viewsOnThisThread)(sets, recipe.views)
  try {
    const bench = { model, views, framework: frameworkOf(recipe, model, sets) }
    if (run.resume === undefined) await run.prepare?.(bench)
    const reached = await train({
      ...run,
      model,
      optimizer,
      viewSource: views,
      phases: run.phasesOf(bench.framework),
      chunkSize: recipe.chunkSize,
      evaluate: run.evaluation === undefined ? undefined : evaluatorOf(model, run.evaluation),
      state,
    })
    await run.finish?.(bench)
    const captured = captureState(model, run.finish === undefined ? optimizer : null, reached)
    try {
      return { checkpoint: await captured.checkpoint(), curve: reached.curve }
    } finally {
      captured.dispose()
    }
  } finally {
    optimizer.dispose()
    model.dispose()
    await views.close()
  }
}

interface Start {
  readonly model: ContrastiveModel
  readonly optimizer: Optimizer
  readonly state: TrainingState
}

function begin({ recipe, plan, provenance, start }: PhasedRun): Start {
  const model = start()
  const optimizer = createOptimizer(model.trainable, recipe.optimizer)
  return { model, optimizer, state: { plan, epoch: 0, step: 0, curve: [], provenance: provenance ?? null } }
}

function takeUp({ recipe, plan, provenance }: PhasedRun, resume: ModelCheckpoint): Start {
  const file = parseCheckpoint(resume.state, 'resume')
  const state = readStateMetadata(file)
  if (state.plan !== plan)
    refuse(
      'CHECKPOINT_MISMATCH',
      'The checkpoint belongs to another recipe or other pictures; start the run anew.',
      'resume',
    )
  const weights = readWeights(resume.weights, 'resume')
  if (recipe.framework === 'moco') assertMomentumState(file, weights, recipe, 'resume')
  const model = modelFrom(weights, recipe, file)
  try {
    const optimizer = createOptimizer(model.trainable, recipe.optimizer, slotsOf(file, model))
    return { model, optimizer, state: { ...state, provenance: provenance ?? state.provenance } }
  } catch (error) {
    model.dispose()
    throw error
  }
}

/** Values of an optimiser's slot `<kind>.<parameter>`, of the parameter's shape. */
const slotsOf =
  ({ tensors }: SafetensorsFile, { trainable }: ContrastiveModel) =>
  (slot: string): Float32Array => {
    const stored = tensors.get(slot)
    const expected = trainable.get(slot.slice(slot.indexOf('.') + 1))?.shape.join()
    if (stored?.dtype !== 'F32' || stored.shape.join() !== expected)
      return refuse('CHECKPOINT_INVALID', `The training state lacks ${slot}.`, 'resume')
    return stored.data
  }
