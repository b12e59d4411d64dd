import type { TrainingRecipe, UnlearningRecipe } from '@lethe/domain'
import * as tf from '@tensorflow/tfjs'
import { alignmentCalibration } from '../losses/objectives/alignment-calibration.js'
import { negGrad } from '../losses/objectives/neg-grad.js'
import type { Contrast, Framework } from '../methods/framework.js'
import { meanRows, stepOf } from '../methods/steps.js'
import { contrastivePhase, pretrainingPhase } from '../methods/training-phases.js'
import { stepsPerEpoch, type SetSizes } from '../training/batches.js'
import type { TrainingPhase } from '../training/phase.js'
import { forgetOnlyBatches, mixedBatches } from './forget-batches.js'

type RecipeOf<Method extends UnlearningRecipe['method']> = Extract<UnlearningRecipe, { method: Method }>

/** The phases of a method, all at a constant rate but for retraining. */
export function phasesOf(
  framework: Framework,
  sizes: SetSizes,
  recipe: TrainingRecipe,
  unlearning: UnlearningRecipe,
): TrainingPhase[] {
  switch (unlearning.method) {
    case 'alignment-calibration':
      return [calibrate(framework, sizes, recipe, unlearning), ...repair(framework, sizes, recipe, unlearning)]
    case 'fine-tune':
      return [contrastivePhase(framework, sizes.retain, recipe, constant('fine-tune', unlearning))]
    case 'l1-sparsity':
      return [
        contrastivePhase(framework, sizes.retain, recipe, {
          ...constant('sparsify', unlearning),
          l1: unlearning.lambda,
        }),
      ]
    case 'neg-grad':
      return [negate(framework, sizes, recipe, unlearning)]
    case 'gradient-ascent':
      return [ascend(framework, sizes, recipe, unlearning)]
    case 'retrain':
      return [pretrainingPhase(framework, sizes.retain, recipe, unlearning.seed)]
    case 'output-suppression':
      return []
  }
}

interface Budget {
  readonly epochs: number
  readonly learningRate: number
  readonly seed: number
}

const constant = (name: string, { epochs, learningRate, seed }: Budget) => ({
  name,
  epochs,
  seed,
  learningRate: () => learningRate,
})

/** Alignment Calibration (arXiv 2406.03603): every batch with its share of forget samples, their partners swapped. */
function calibrate(
  framework: Framework,
  sizes: SetSizes,
  { batchSize }: TrainingRecipe,
  { epochs, learningRate, seed, alpha, beta }: RecipeOf<'alignment-calibration'>,
): TrainingPhase {
  const trainCount = sizes.retain + sizes.forget
  const options = { alpha, beta, forgetCount: sizes.forget, trainCount }
  return {
    name: 'calibrate',
    epochs,
    stepsPerEpoch: stepsPerEpoch(trainCount, batchSize),
    learningRate: () => learningRate,
    *steps(epoch) {
      for (const batch of mixedBatches(sizes, batchSize, { seed, epoch, swap: true, withThirds: beta > 0 }))
        yield stepOf(framework, batch, {
          objective: ({ rows, cosines }) => alignmentCalibration(rows, tf.tensor1d(batch.mask), cosines, options),
        })
    },
  }
}

/** Epochs on the retain set after the calibrated ones. */
const repair = (
  framework: Framework,
  { retain }: SetSizes,
  recipe: TrainingRecipe,
  unlearning: RecipeOf<'alignment-calibration'>,
): TrainingPhase[] =>
  unlearning.repairEpochs === 0
    ? []
    : [
        contrastivePhase(framework, retain, recipe, {
          ...constant('repair', { ...unlearning, epochs: unlearning.repairEpochs }),
          firstEpoch: unlearning.epochs,
        }),
      ]

function negate(
  framework: Framework,
  sizes: SetSizes,
  { batchSize }: TrainingRecipe,
  { epochs, learningRate, seed }: RecipeOf<'neg-grad'>,
): TrainingPhase {
  return {
    name: 'negate',
    epochs,
    stepsPerEpoch: stepsPerEpoch(sizes.retain + sizes.forget, batchSize),
    learningRate: () => learningRate,
    *steps(epoch) {
      for (const batch of mixedBatches(sizes, batchSize, { seed, epoch, swap: false, withThirds: false }))
        yield stepOf(framework, batch, { objective: ({ rows }) => negGrad(rows, tf.tensor1d(batch.mask)) })
    },
  }
}

/** Minus the framework's objective, on forget samples alone. */
function ascend(
  framework: Framework,
  { forget }: SetSizes,
  { batchSize }: TrainingRecipe,
  { epochs, learningRate, seed }: RecipeOf<'gradient-ascent'>,
): TrainingPhase {
  return {
    name: 'ascend',
    epochs,
    stepsPerEpoch: Math.max(1, stepsPerEpoch(forget, Math.min(batchSize, forget))),
    learningRate: () => learningRate,
    *steps(epoch) {
      for (const batch of forgetOnlyBatches(forget, batchSize, { seed, epoch }))
        yield stepOf(framework, batch, { objective: (contrast: Contrast) => tf.neg<tf.Scalar>(meanRows(contrast)) })
    },
  }
}
