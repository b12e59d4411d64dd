import type { UnlearningMethod, UnlearningRecipe } from './recipe/index.js'

/**
 * Samples that go through the network in all epochs. A calibrated step reads a retain batch and a forget batch of equal
 * size. `epochs`: of the training from scratch.
 */
export function samplesRead(
  unlearning: UnlearningRecipe,
  { retain, forget, epochs }: { retain: number; forget: number; epochs: number },
): number {
  switch (unlearning.method) {
    case 'retrain':
      return retain * epochs
    case 'alignment-calibration':
      return retain * (2 * unlearning.epochs + unlearning.repairEpochs)
    case 'neg-grad':
      return (retain + forget) * unlearning.epochs
    case 'gradient-ascent':
      return forget * unlearning.epochs
    case 'fine-tune':
    case 'l1-sparsity':
      return retain * unlearning.epochs
    case 'output-suppression':
      return 0
  }
}

/** One training that was measured. */
export interface MeasuredTraining {
  /** Whether nothing was carried over from another version. */
  readonly fromScratch: boolean
  /** By which it was made to forget; missing of a first training. */
  readonly method?: UnlearningMethod
  readonly wallSeconds: number
  /** samplesRead; above 0. */
  readonly samples: number
}

export interface PredictedCost {
  readonly wallSeconds: number
  /** Two-sided prediction interval for one more training; null while a single training is known. */
  readonly interval: [number, number] | null
  readonly level: number
  /** How many trainings it rests on. */
  readonly trainings: number
}

const LEVEL = 0.95

/**
 * What one more training from scratch that reads this many samples takes, from trainings of the same model on the same
 * device; null where none was from scratch. The logarithm of seconds per sample is taken as normal: its mean is that of
 * the trainings from scratch, its spread that of all, since unlearning varies at least as much and there is more of it.
 * The interval is Student's for one further observation.
 */
export const predictRetraining = (trainings: readonly MeasuredTraining[], samples: number): PredictedCost | null =>
  predict(trainings, samples, ({ fromScratch }) => fromScratch)

/**
 * The same of one more unlearning: from those by the same method, or from trainings from scratch while there is none. A
 * method that trains nothing takes no time to speak of.
 */
export function predictUnlearning(
  trainings: readonly MeasuredTraining[],
  method: UnlearningMethod,
  samples: number,
): PredictedCost | null {
  if (samples === 0) return { wallSeconds: 0, interval: null, level: LEVEL, trainings: 1 }
  if (method === 'retrain') return predictRetraining(trainings, samples)
  return predict(trainings, samples, (training) => training.method === method) ?? predictRetraining(trainings, samples)
}

function predict(
  trainings: readonly MeasuredTraining[],
  samples: number,
  isAlike: (training: MeasuredTraining) => boolean,
): PredictedCost | null {
  const rateOf = (training: MeasuredTraining): number => Math.log(training.wallSeconds / training.samples)
  const measured = trainings.filter((training) => training.wallSeconds > 0 && training.samples > 0)
  const alike = measured.filter(isAlike).map(rateOf)
  if (alike.length === 0 || samples <= 0) return null
  const center = mean(alike)
  const wallSeconds = Math.exp(center) * samples
  const basis = alike.length > 1 ? alike : measured.map(rateOf)
  if (basis.length < 2) return { wallSeconds, interval: null, level: LEVEL, trainings: 1 }
  const spread = Math.sqrt(basis.reduce((sum, rate) => sum + (rate - mean(basis)) ** 2, 0) / (basis.length - 1))
  const reach = studentQuantile(basis.length - 1) * spread * Math.sqrt(1 + 1 / alike.length)
  const interval: [number, number] = [wallSeconds * Math.exp(-reach), wallSeconds * Math.exp(reach)]
  return { wallSeconds, interval, level: LEVEL, trainings: basis.length }
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** 0.975 quantile of Student's t with 1, 2, … degrees of freedom; beyond, Fisher's expansion about the normal's. */
const quantiles = [12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.306, 2.2622, 2.2281]

function studentQuantile(degrees: number): number {
  const exact = quantiles[degrees - 1]
  if (exact !== undefined) return exact
  const z = 1.959964
  return z + (z ** 3 + z) / (4 * degrees) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degrees ** 2)
}
