import type { EncoderConfig, PackedImages, TrainingRecipe, UnlearningRecipe } from '@lethe/domain'
import { planOf } from '../checkpoint/training-state.js'
import type { ModelCheckpoint } from '../checkpoint/model-checkpoint.js'
import { encoderFrom, readWeights, type Weights } from '../checkpoint/weights-file.js'
import { assertImages, assertRaster, fingerprint } from '../checked-images.js'
import { createEncoder } from '../encoders/encoder.js'
import { refuse } from '../learning-error.js'
import { contrastivePhase, pretrainingPhase } from '../methods/training-phases.js'
import { assertBatchFits } from '../pretrain.js'
import { runPhases, type ResumableRun, type TrainingResult } from '../run-phases.js'
import type { TrainingPhase } from '../training/phase.js'
import { alignmentCalibrationPhase } from './alignment-calibration.js'
import { recalibrateStatistics } from './recalibrate-statistics.js'

export interface UnlearnOptions extends ResumableRun {
  /** How the parent was trained. */
  readonly recipe: TrainingRecipe
  readonly unlearning: UnlearningRecipe
  readonly parent: Pick<ModelCheckpoint, 'weights'>
  readonly retain: PackedImages
  readonly forget: PackedImages
}

/**
 * Makes a checkpoint forget. All methods but retraining start from the parent and end by recalibrating the running
 * statistics on retain data alone.
 * @throws DomainError before anything is computed where the input cannot work; TrainingDiverged; `signal.reason`.
 */
export async function unlearn(options: UnlearnOptions): Promise<TrainingResult> {
  const { recipe, unlearning, retain, forget } = options
  assertSets(options)
  const parent = readWeights(options.parent.weights, 'parent')
  assertParent(parent, recipe.encoder, retain)
  const isRetrain = unlearning.method === 'retrain'
  return runPhases({
    ...options,
    images: retain,
    phases: phasesOf(options),
    plan: planOf({
      kind: 'unlearn',
      recipe,
      unlearning,
      retain: fingerprint(retain),
      forget: fingerprint(forget),
    }),
    start: () => (isRetrain ? createEncoder(recipe.encoder, unlearning.seed) : encoderFrom(parent)),
    ...(isRetrain
      ? {}
      : { finish: (encoder) => recalibrateStatistics(encoder, retain, recipe, unlearning.seed, options.signal) }),
  })
}

function phasesOf({ recipe, unlearning, retain, forget }: UnlearnOptions): TrainingPhase[] {
  switch (unlearning.method) {
    case 'alignment-calibration': {
      const { epochs, repairEpochs, seed, learningRate } = unlearning
      const repair = {
        name: 'repair',
        epochs: repairEpochs,
        seed,
        firstEpoch: epochs,
        learningRate: () => learningRate,
      }
      return [
        alignmentCalibrationPhase({ retain, forget }, recipe, unlearning),
        contrastivePhase(retain, recipe, repair),
      ]
    }
    case 'fine-tune': {
      const { epochs, seed, learningRate } = unlearning
      return [contrastivePhase(retain, recipe, { name: 'fine-tune', epochs, seed, learningRate: () => learningRate })]
    }
    case 'retrain':
      return [pretrainingPhase(retain, recipe, unlearning.seed)]
  }
}

function assertSets({ recipe, unlearning, retain, forget }: UnlearnOptions): void {
  assertImages(retain, 'retain')
  assertImages(forget, 'forget')
  if (forget.count === 0) refuse('FORGET_SET_EMPTY', 'There is nothing to forget; name at least one picture.', 'forget')
  if (retain.count === 0)
    refuse('RETAIN_SET_EMPTY', 'Everything would be forgotten; delete the model instead of unlearning.', 'retain')
  if (unlearning.method === 'alignment-calibration' && forget.count < 2)
    refuse('FORGET_SET_TOO_SMALL', 'Alignment Calibration needs two or more pictures to forget; use retrain.', 'forget')
  assertRaster(forget, retain, 'forget')
  assertBatchFits(retain.count, recipe.batchSize, 'retain')
}

function assertParent({ config, raster }: Weights, wanted: EncoderConfig, retain: PackedImages): void {
  if (planOf(config) !== planOf(wanted))
    refuse('CHECKPOINT_MISMATCH', 'The parent has another architecture than recipe.encoder names.', 'recipe.encoder')
  assertRaster(retain, raster, 'retain')
}
