import { TrainingRecipe, UnlearningRecipe } from '@lethe/domain'

/** Alignment Calibration at a sixth of the learning rate that the version was trained at. */
export function defaultUnlearning(trainingRecipe: unknown): UnlearningRecipe {
  const { optimizer, seed } = TrainingRecipe.parse(trainingRecipe)
  return UnlearningRecipe.parse({
    method: 'alignment-calibration',
    learningRate: calibrationRate(optimizer.learningRate),
    seed,
  })
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
