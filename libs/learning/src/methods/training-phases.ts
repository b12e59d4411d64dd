import type { PackedImages, TrainingRecipe } from '@lethe/domain'
import { shuffledBatches, stepsPerEpoch } from '../training/batches.js'
import { cosineLearningRate } from '../training/learning-rate.js'
import type { TrainingPhase } from '../training/phase.js'
import { simclrBatch } from './simclr.js'

export interface ContrastivePhaseOptions {
  readonly name: string
  readonly epochs: number
  readonly seed: number
  /** Added to the phase's own epoch in every key, so that two phases of a run draw different views. */
  readonly firstEpoch?: number
  readonly learningRate: (step: number) => number
}

/** The framework's own objective on these pictures. */
export function contrastivePhase(
  images: PackedImages,
  recipe: TrainingRecipe,
  { name, epochs, seed, firstEpoch = 0, learningRate }: ContrastivePhaseOptions,
): TrainingPhase {
  return {
    name,
    epochs,
    stepsPerEpoch: stepsPerEpoch(images.count, recipe.batchSize),
    learningRate,
    *batches(epochOfPhase) {
      const epoch = firstEpoch + epochOfPhase
      for (const indices of shuffledBatches(images.count, recipe.batchSize, seed, epoch))
        yield simclrBatch(images, indices, recipe, seed, epoch)
    },
  }
}

/** Pretraining: the objective under a cosine schedule with warm-up. */
export function pretrainingPhase(images: PackedImages, recipe: TrainingRecipe, seed: number): TrainingPhase {
  const { learningRate, warmupEpochs } = recipe.optimizer
  const perEpoch = stepsPerEpoch(images.count, recipe.batchSize)
  return contrastivePhase(images, recipe, {
    name: 'train',
    epochs: recipe.epochs,
    seed,
    learningRate: (step) => cosineLearningRate(learningRate, step, recipe.epochs * perEpoch, warmupEpochs * perEpoch),
  })
}
