import { TrainingRecipe, UnlearningRecipe } from '@lethe/domain'

/** Alignment Calibration at a sixth of the learning rate that the version was trained at. */
export function defaultUnlearning(trainingRecipe: unknown): UnlearningRecipe {
  const { optimizer, seed } = TrainingRecipe.parse(trainingRecipe)
  return UnlearningRecipe.parse({
    method: 'alignment-calibration',
    learningRate: Number((optimizer.learningRate / 6).toPrecision(3)),
    seed,
  })
}

/** Fine-tuning with the same budget, so that the report compares like with like; none beside a retrain. */
export function defaultComparisons(unlearning: UnlearningRecipe): UnlearningRecipe[] {
  if (unlearning.method === 'retrain') return []
  const { epochs, learningRate, seed } = unlearning
  const repairEpochs = unlearning.method === 'alignment-calibration' ? unlearning.repairEpochs : 0
  return [{ method: 'fine-tune', epochs: epochs + repairEpochs, learningRate, seed }]
}
