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

/** What each method was tuned over; on seeds 5 and 6, which no table shows. `main.ts --tune` prints how each setting did. */
export function settingsToTune(framework: Framework, method: MethodName): Setting[] {
  const rates = framework === 'clip' ? [3e-4, 1e-3, 2e-3] : [0.01, 0.04, 0.12]
  switch (method) {
    case 'fine-tune':
      return rates.map((learningRate) => ({ learningRate }))
    case 'gradient-ascent':
      return (framework === 'clip' ? [1e-5, 1e-4, 3e-4] : [1e-4, 1e-3, 1e-2]).map((learningRate) => ({ learningRate }))
    case 'neg-grad':
      return rates.map((learningRate) => ({ learningRate: learningRate / 4 }))
    case 'l1-sparsity':
      return [1e-5, 1e-4, 1e-3].flatMap((lambda) => rates.slice(1).map((learningRate) => ({ learningRate, lambda })))
    case 'alignment-calibration':
      return [2, 8, 16].flatMap((beta) => rates.map((learningRate) => ({ learningRate, beta })))
    case 'output-suppression':
      return [{}]
  }
}

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
