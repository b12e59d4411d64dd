import type { Samples, TrainingRecipe } from '@lethe/domain'
import { planOf } from './checkpoint/training-state.js'
import { assertCaptions, assertEncoderTakes, assertImages, fingerprint, rasterOf } from './checked-images.js'
import { refuse } from './learning-error.js'
import { pretrainingPhase } from './methods/training-phases.js'
import { createModel } from './model/create-model.js'
import { runPhases, type ResumableRun, type TrainingResult } from './run-phases.js'

export interface PretrainOptions extends ResumableRun {
  readonly images: Samples
}

/**
 * Trains a model from scratch. Equal recipe, samples and backend give equal weights.
 * @throws DomainError before anything is computed where the input cannot work; TrainingDiverged; `signal.reason`.
 */
export async function pretrain(options: PretrainOptions): Promise<TrainingResult> {
  const { recipe, images } = options
  assertTrainable(recipe, images, 'images')
  return runPhases({
    ...options,
    sets: [images],
    plan: planOf({ kind: 'pretrain', recipe, images: fingerprint(images) }),
    start: () => createModel(recipe, rasterOf(images), recipe.seed),
    phasesOf: (framework) => [pretrainingPhase(framework, images.count, recipe, recipe.seed)],
  })
}

/** Refuses samples that this recipe cannot learn from. */
export function assertTrainable(recipe: TrainingRecipe, images: Samples, field: string): void {
  assertImages(images, field)
  assertEncoderTakes(recipe.encoder, images, field)
  if (recipe.framework === 'clip') assertCaptions(images, field)
  if (images.count < recipe.batchSize)
    refuse(
      'DATA_TOO_SMALL',
      `A batch takes ${recipe.batchSize} pictures and there are ${images.count}; lower recipe.batchSize or add pictures.`,
      field,
    )
}
