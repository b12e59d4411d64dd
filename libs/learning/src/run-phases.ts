import type { PackedImages, Provenance, TrainingRecipe } from '@lethe/domain'
import { captureState } from './checkpoint/capture-state.js'
import type { ModelCheckpoint } from './checkpoint/model-checkpoint.js'
import { readStateMetadata, type TrainingState } from './checkpoint/training-state.js'
import { encoderFrom, parseCheckpoint, readWeights } from './checkpoint/weights-file.js'
import { rasterOf } from './checked-images.js'
import type { Encoder } from './encoders/encoder.js'
import { refuse } from './learning-error.js'
import { MomentumSgd } from './training/momentum-sgd.js'
import type { TrainingPhase } from './training/phase.js'
import { train, type RunControl } from './training/train.js'

export interface TrainingResult {
  readonly checkpoint: ModelCheckpoint
  /** Mean loss per epoch, counted from 1, of the whole run including what a resumed run had behind it. */
  readonly curve: readonly { readonly epoch: number; readonly loss: number }[]
}

export interface ResumableRun extends RunControl {
  readonly recipe: TrainingRecipe
  /** A checkpoint of this very run, from `onCheckpoint`. */
  readonly resume?: ModelCheckpoint | undefined
  /** Written into every checkpoint's state. */
  readonly provenance?: Provenance | undefined
}

interface PhasedRun extends ResumableRun {
  readonly images: PackedImages
  readonly phases: readonly TrainingPhase[]
  readonly plan: string
  /** The encoder to begin with, when not resuming. */
  readonly start: () => Encoder
  /** After the last phase, before the final checkpoint. */
  readonly finish?: (encoder: Encoder) => Promise<void>
}

/** Starts or resumes, trains, finishes, and gives the final checkpoint. Leaves no tensor behind. */
export async function runPhases(run: PhasedRun): Promise<TrainingResult> {
  const { encoder, optimizer, state } = run.resume === undefined ? begin(run) : takeUp(run, run.resume)
  const raster = rasterOf(run.images)
  try {
    const reached = await train({ ...run, encoder, optimizer, raster, state })
    await run.finish?.(encoder)
    const captured = captureState(encoder, optimizer, reached, raster)
    try {
      return { checkpoint: await captured.checkpoint(), curve: reached.curve }
    } finally {
      captured.dispose()
    }
  } finally {
    optimizer.dispose()
    encoder.dispose()
  }
}

interface Start {
  readonly encoder: Encoder
  readonly optimizer: MomentumSgd
  readonly state: TrainingState
}

function begin({ recipe, plan, provenance, start }: PhasedRun): Start {
  const encoder = start()
  const optimizer = new MomentumSgd(encoder.trainable, recipe.optimizer)
  return { encoder, optimizer, state: { plan, epoch: 0, step: 0, curve: [], provenance: provenance ?? null } }
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
  const encoder = encoderFrom(readWeights(resume.weights, 'resume'))
  const velocityOf = (name: string) => {
    const stored = file.tensors.get(name)
    const expected = encoder.trainable.get(name)?.shape.join()
    if (stored?.dtype !== 'F32' || stored.shape.join() !== expected) {
      encoder.dispose()
      refuse('CHECKPOINT_INVALID', `The training state lacks the velocity of ${name}.`, 'resume')
    }
    return stored.data
  }
  const optimizer = new MomentumSgd(encoder.trainable, recipe.optimizer, velocityOf)
  return { encoder, optimizer, state: { ...state, provenance: provenance ?? state.provenance } }
}
