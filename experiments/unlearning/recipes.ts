import { TrainingRecipe, type Framework } from '@lethe/domain'

/** Few pictures, many steps, a low temperature and mild views: what it takes to remember at this size (SCIENCE, section 8). */
const common = { views: { strength: 0.5, flip: true }, batchSize: 64 }
const widths = [12, 24, 48]

/** How each framework is pretrained, and retrained; `share` of the full number of epochs. */
export const recipeOf = (framework: Framework, seed: number, share: number): TrainingRecipe =>
  TrainingRecipe.parse({ ...common, ...recipes[framework](share), seed })

const epochs = (full: number, share: number): number => Math.max(2, Math.round(full * share))

const recipes: Record<Framework, (share: number) => Record<string, unknown>> = {
  simclr: (share) => ({
    framework: 'simclr',
    encoder: { kind: 'compact-conv', widths, projection: { hidden: 64, output: 64 } },
    temperature: 0.1,
    epochs: epochs(400, share),
    optimizer: { learningRate: 0.25 },
  }),
  moco: (share) => ({
    framework: 'moco',
    encoder: { kind: 'compact-conv', widths, projection: { hidden: null, output: 64 } },
    temperature: 0.1,
    queueLength: 256,
    keyMomentum: 0.99,
    epochs: epochs(400, share),
    optimizer: { learningRate: 0.25 },
  }),
  clip: (share) => ({
    framework: 'clip',
    encoder: { kind: 'compact-conv', widths, projection: { hidden: null, output: 64 } },
    text: { width: 64, depth: 2, heads: 2, contextLength: 32 },
    epochs: epochs(40, share),
    optimizer: { kind: 'adamw', learningRate: 2e-3, weightDecay: 0.01 },
  }),
}
