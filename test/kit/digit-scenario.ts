import type { Scenario } from '@lethe/cli/demo'
import { AuditPolicy, TrainingRecipe, UnlearningRecipe } from '@lethe/domain'
import { digitDataset, type DigitShare } from './digits.js'

export interface DigitSizes {
  readonly forgetCount: number
  readonly retainCount: number
  readonly heldOutCount: number
  readonly epochs: number
}

/** Few digits and many steps: a small network remembers them within seconds. */
const memorable: DigitSizes = { forgetCount: 40, retainCount: 40, heldOutCount: 300, epochs: 150 }

/** The whole route on handwritten digits, small enough for a test. */
export function digitScenario(change: Partial<DigitSizes> = {}): Scenario {
  const { forgetCount, retainCount, heldOutCount, epochs } = { ...memorable, ...change }
  const budget = { epochs: 10, learningRate: 0.02, seed: 4 }
  return {
    name: 'digits',
    cost: 'a few seconds of training',
    tenant: { name: 'Digit Works', slug: 'digit-works', timeZone: 'Europe/Berlin' },
    otherTenant: { name: 'Elsewhere', slug: 'elsewhere', timeZone: 'Europe/Paris' },
    dataset: {
      name: 'Digits',
      description: 'Handwritten digits, 8 × 8, scaled to 16 × 16.',
      attribution: 'E. Alpaydin, C. Kaynak: Optical Recognition of Handwritten Digits; scikit-learn, BSD-3-Clause.',
      imageSize: 16,
      build: async () =>
        (
          await digitDataset([
            { owner: 'ada', split: 'train', count: forgetCount },
            { owner: 'bob', split: 'train', count: retainCount },
            { owner: 'reference', split: 'calibration', count: 40 },
            { owner: 'reference', split: 'held-out', count: heldOutCount },
          ])
        ).tar,
    },
    modelName: 'digit-encoder',
    recipe: TrainingRecipe.parse({
      framework: 'simclr',
      encoder: { kind: 'compact-conv', widths: [16, 32, 64] },
      views: { strength: 0.2, flip: false },
      temperature: 0.1,
      epochs,
      batchSize: 30,
      optimizer: { learningRate: 0.12 },
      seed: 3,
    }),
    forgetOwner: 'ada',
    ground: 'GDPR Art. 17(1)(b): consent withdrawn.',
    unlearning: UnlearningRecipe.parse({ method: 'alignment-calibration', ...budget, repairEpochs: 5 }),
    comparisons: [UnlearningRecipe.parse({ method: 'fine-tune', ...budget })],
    // Forty pictures can show no more than this; the verdict is what the audit says all the same.
    policy: AuditPolicy.parse({ version: 1, views: 6, resamples: 400, aucMargin: 0.25, utilityMargin: 0.2 }),
  }
}

/**
 * Digits as small as they were taken, in large batches at a high rate: steps are cheap, and there are so many of them that an
 * audit finds the memory of each of three owners' forty pictures, whichever challenge it draws.
 */
export function rememberedDigits(shares: readonly DigitShare[]): Scenario {
  const scenario = digitScenario({ epochs: 400 })
  return {
    ...scenario,
    dataset: {
      ...scenario.dataset,
      description: 'Handwritten digits, 8 × 8.',
      imageSize: 8,
      build: async () => (await digitDataset(shares)).tar,
    },
    recipe: TrainingRecipe.parse({ ...scenario.recipe, batchSize: 40, optimizer: { learningRate: 0.3 } }),
  }
}
