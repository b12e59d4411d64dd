import type { PackedImages } from '@lethe/domain'
import { planOf } from './checkpoint/training-state.js'
import { assertImages, fingerprint } from './checked-images.js'
import { createEncoder } from './encoders/encoder.js'
import { refuse } from './learning-error.js'
import { pretrainingPhase } from './methods/training-phases.js'
import { runPhases, type ResumableRun, type TrainingResult } from './run-phases.js'

export interface PretrainOptions extends ResumableRun {
  readonly images: PackedImages
}

/**
 * Trains an encoder from scratch. Equal recipe, pictures and backend give equal weights.
 * @throws DomainError before anything is computed where the input cannot work; TrainingDiverged; `signal.reason`.
 */
export async function pretrain(options: PretrainOptions): Promise<TrainingResult> {
  const { recipe, images } = options
  assertImages(images, 'images')
  assertBatchFits(images.count, recipe.batchSize, 'images')
  return runPhases({
    ...options,
    phases: [pretrainingPhase(images, recipe, recipe.seed)],
    plan: planOf({ kind: 'pretrain', recipe, images: fingerprint(images) }),
    start: () => createEncoder(recipe.encoder, recipe.seed),
  })
}

export function assertBatchFits(count: number, batchSize: number, field: string): void {
  if (count < batchSize)
    refuse(
      'DATA_TOO_SMALL',
      `A batch takes ${batchSize} pictures and there are ${count}; lower recipe.batchSize.`,
      field,
    )
}
