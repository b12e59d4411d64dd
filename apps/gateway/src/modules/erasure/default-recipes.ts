import { TrainingRecipe, type UnlearningMethod, UnlearningRecipe } from '@lethe/domain'

/** Alignment Calibration at a sixth of the learning rate that the version was trained at. */
export const defaultUnlearning = (trainingRecipe: unknown): UnlearningRecipe =>
  recipeOf('alignment-calibration', trainingRecipe)

/** A step of minus the objective moves far; more of it destroys what is kept. */
const ascentRate = 1e-4

/** Each method with the budget that it is given when nobody says otherwise. */
export function recipeOf(method: UnlearningMethod, trainingRecipe: unknown): UnlearningRecipe {
  const { optimizer, seed } = TrainingRecipe.parse(trainingRecipe)
  if (method === 'retrain' || method === 'output-suppression') return UnlearningRecipe.parse({ method, seed })
  const learningRate = method === 'gradient-ascent' ? ascentRate : calibrationRate(optimizer.learningRate)
  return UnlearningRecipe.parse({ method, learningRate, seed })
}

/**
 * Fine-tuning with the same budget, so that the report compares like with like. None beside what has no budget, or is
 * fine-tuning itself. An ascent's rate would not move a fine-tuning: that goes at the rate of calibration.
 */
export function defaultComparisons(trainingRecipe: unknown, unlearning: UnlearningRecipe): UnlearningRecipe[] {
  switch (unlearning.method) {
    case 'retrain':
    case 'output-suppression':
    case 'fine-tune':
      return []
    case 'gradient-ascent': {
      const { optimizer } = TrainingRecipe.parse(trainingRecipe)
      return [fineTune(unlearning, unlearning.epochs, calibrationRate(optimizer.learningRate))]
    }
    case 'alignment-calibration':
      return [fineTune(unlearning, unlearning.epochs + unlearning.repairEpochs, unlearning.learningRate)]
    case 'neg-grad':
    case 'l1-sparsity':
      return [fineTune(unlearning, unlearning.epochs, unlearning.learningRate)]
  }
}

const calibrationRate = (learningRate: number): number => Number((learningRate / 6).toPrecision(3))

const fineTune = ({ seed }: UnlearningRecipe, epochs: number, learningRate: number): UnlearningRecipe =>
  UnlearningRecipe.parse({ method: 'fine-tune', epochs, learningRate, seed })
