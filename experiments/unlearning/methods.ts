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
 * What each method was tuned over, on seeds 5 and 6, which no table shows. `main.ts --tune` runs them all and names the best;
 * see `bestSettings`.
 */
export function settingsToTune(framework: Framework, method: MethodName): Setting[] {
  const isClip = framework === 'clip'
  const rates = (of: readonly number[]) => of.map((learningRate) => ({ learningRate }))
  switch (method) {
    case 'fine-tune':
      return rates(isClip ? [3e-4, 1e-3, 2e-3] : [0.04, 0.12, 0.25])
    case 'gradient-ascent':
      return rates(isClip ? [3e-5, 1e-4, 3e-4] : [0.01, 0.03, 0.1])
    case 'neg-grad':
      return rates(isClip ? [1e-4, 3e-4, 6e-4] : [0.01, 0.03, 0.1])
    case 'l1-sparsity':
      return [1e-4, 1e-3].flatMap((lambda) =>
        rates(isClip ? [1e-3, 2e-3] : [0.12, 0.25]).map((setting) => ({ ...setting, lambda })),
      )
    case 'alignment-calibration':
      return (isClip ? [2, 4, 8] : [4, 8, 16]).flatMap((beta) =>
        rates(isClip ? [3e-4, 1e-3] : [0.04, 0.12]).map((setting) => ({ ...setting, beta })),
      )
    case 'output-suppression':
      return [{}]
  }
}

/** What came out of the tuning. */
const chosen: Record<Framework, Record<MethodName, Setting>> = {
  simclr: {
    'fine-tune': { learningRate: 0.25 },
    'gradient-ascent': { learningRate: 0.1 },
    'neg-grad': { learningRate: 0.1 },
    'l1-sparsity': { learningRate: 0.25, lambda: 1e-4 },
    'alignment-calibration': { learningRate: 0.12, beta: 16 },
    'output-suppression': {},
  },
  moco: {
    'fine-tune': { learningRate: 0.25 },
    'gradient-ascent': { learningRate: 0.03 },
    'neg-grad': { learningRate: 0.1 },
    'l1-sparsity': { learningRate: 0.25, lambda: 1e-3 },
    'alignment-calibration': { learningRate: 0.12, beta: 16 },
    'output-suppression': {},
  },
  clip: {
    'fine-tune': { learningRate: 1e-3 },
    'gradient-ascent': { learningRate: 3e-5 },
    'neg-grad': { learningRate: 3e-4 },
    'l1-sparsity': { learningRate: 2e-3, lambda: 1e-3 },
    'alignment-calibration': { learningRate: 1e-3, beta: 8 },
    'output-suppression': {},
  },
}

export const chosenSetting = (framework: Framework, method: MethodName): Setting => chosen[framework][method]

export const unlearningOf = (method: MethodName, setting: Setting, seed: number): UnlearningRecipe =>
  UnlearningRecipe.parse({ method, ...setting, seed })
