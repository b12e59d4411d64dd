import { UnlearningRecipe, type Framework, type UnlearningMethod } from '@lethe/domain'

/** Rows of the table besides the original and the retrained model, in their order. */
export const methodNames = [
  'fine-tune',
  'gradient-ascent',
  'neg-grad',
  'l1-sparsity',
  'alignment-calibration',
  'output-suppression',
] as const satisfies readonly UnlearningMethod[]
export type MethodName = (typeof methodNames)[number]

type Setting = Readonly<Record<string, number>>

/**
 * What each method was tuned over, on seeds 5 and 6, which no table shows. `main.ts --tune` runs them all and names the best:
 * the smallest distance of the AUC to retraining's among those that stay within 3 points of its accuracies (RA, TA), or above.
 */
export function settingsToTune(framework: Framework, method: MethodName): Setting[] {
  const isClip = framework === 'clip'
  const rates = (of: readonly number[]) => of.map((learningRate) => ({ learningRate, ...budgets[framework] }))
  switch (method) {
    case 'fine-tune':
      return rates(isClip ? [1e-3, 2e-3, 4e-3] : [0.04, 0.12, 0.25])
    case 'gradient-ascent':
      return rates(isClip ? [1e-4, 3e-4, 1e-3] : [0.01, 0.03, 0.1])
    case 'neg-grad':
      return rates(isClip ? [3e-4, 6e-4, 1e-3] : [0.01, 0.03, 0.1])
    case 'l1-sparsity':
      return [1e-4, 1e-3].flatMap((lambda) =>
        rates(isClip ? [2e-3, 4e-3] : [0.12, 0.25]).map((setting) => ({ ...setting, lambda })),
      )
    case 'alignment-calibration':
      return (isClip ? [8, 16, 32] : [4, 8, 16]).flatMap((beta) =>
        rates(isClip ? [1e-3, 2e-3] : [0.04, 0.12]).map((setting) => ({ ...setting, beta, ...repairs[framework] })),
      )
    case 'output-suppression':
      return [{}]
  }
}

/** 10 epochs are the usual budget, a fortieth of pretraining; of CLIP's 40 they would be a quarter. */
const budgets: Record<Framework, Setting> = { simclr: {}, moco: {}, clip: { epochs: 4 } }
const repairs: Record<Framework, Setting> = { simclr: {}, moco: {}, clip: { repairEpochs: 1 } }

/** What came out of the tuning. */
const chosen: Record<Framework, Record<MethodName, Setting>> = {
  simclr: {
    'fine-tune': { learningRate: 0.04 },
    'gradient-ascent': { learningRate: 1e-3 },
    'neg-grad': { learningRate: 0.01 },
    'l1-sparsity': { learningRate: 0.04, lambda: 1e-4 },
    'alignment-calibration': { learningRate: 0.04, beta: 8 },
    'output-suppression': {},
  },
  moco: {
    'fine-tune': { learningRate: 0.04 },
    'gradient-ascent': { learningRate: 1e-3 },
    'neg-grad': { learningRate: 0.01 },
    'l1-sparsity': { learningRate: 0.04, lambda: 1e-4 },
    'alignment-calibration': { learningRate: 0.04, beta: 8 },
    'output-suppression': {},
  },
  clip: {
    'fine-tune': { learningRate: 1e-3 },
    'gradient-ascent': { learningRate: 1e-4 },
    'neg-grad': { learningRate: 3e-4 },
    'l1-sparsity': { learningRate: 1e-3, lambda: 1e-4 },
    'alignment-calibration': { learningRate: 1e-3, beta: 8 },
    'output-suppression': {},
  },
}

export const chosenSetting = (framework: Framework, method: MethodName): Setting => chosen[framework][method]

export const unlearningOf = (method: MethodName, setting: Setting, seed: number): UnlearningRecipe =>
  UnlearningRecipe.parse({ method, ...setting, seed })
