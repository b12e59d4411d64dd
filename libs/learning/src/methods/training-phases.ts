import type { TrainingRecipe } from '@lethe/domain'
import { shuffledBatches, stepsPerEpoch } from '../training/batches.js'
import { cosineLearningRate } from '../training/learning-rate.js'
import type { TrainingPhase } from '../training/phase.js'
import type { Framework } from './framework.js'
import { meanRows, stepOf } from './steps.js'

export interface ContrastivePhaseOptions {
  readonly name: string
  readonly epochs: number
  readonly seed: number
  /** Added to the phase's own epoch in every key, so that two phases of a run draw different views. */
  readonly firstEpoch?: number
  readonly l1?: number
  readonly learningRate: (step: number) => number
}

/** The framework's own objective on the `count` samples of set 0. */
export function contrastivePhase(
  framework: Framework,
  count: number,
  { batchSize }: TrainingRecipe,
  { name, epochs, seed, firstEpoch = 0, l1 = 0, learningRate }: ContrastivePhaseOptions,
): TrainingPhase {
  return {
    name,
    epochs,
    stepsPerEpoch: stepsPerEpoch(count, batchSize),
    learningRate,
    *steps(epochOfPhase) {
      const epoch = firstEpoch + epochOfPhase
      for (const indices of shuffledBatches(count, batchSize, seed, epoch)) {
        const samples = Array.from(indices, (index) => ({ set: 0, index, partner: index }))
        yield stepOf(framework, { samples, seed, epoch, thirds: 0 }, { objective: meanRows, l1 })
      }
    },
  }
}

/** Pretraining: the objective under a cosine schedule with warm-up. */
export function pretrainingPhase(
  framework: Framework,
  count: number,
  recipe: TrainingRecipe,
  seed: number,
): TrainingPhase {
  const { learningRate, warmupEpochs } = recipe.optimizer
  const perEpoch = stepsPerEpoch(count, recipe.batchSize)
  return contrastivePhase(framework, count, recipe, {
    name: 'train',
    epochs: recipe.epochs,
    seed,
    learningRate: (step) => cosineLearningRate(learningRate, step, recipe.epochs * perEpoch, warmupEpochs * perEpoch),
  })
}
