import { z } from 'zod'
import { EncoderConfig, TextEncoderConfig } from './encoder-config.js'
import { RecipeSeed } from './recipe-seed.js'

/** How a view is drawn. `strength` scales crop, jitter and greyscale together; 1 is SimCLR at paper scale. */
export const ViewConfig = z.object({
  strength: z.number().min(0).max(1).default(0.5),
  flip: z.boolean().default(true),
  /** Largest σ of the Gaussian blur, in pixels per 32 of the picture's edge; drawn for every second view. 0 never blurs. */
  blur: z.number().min(0).max(4).default(0),
})
export type ViewConfig = z.infer<typeof ViewConfig>

/** SGD with momentum, LARS (arXiv 1708.03888) or AdamW (arXiv 1711.05101), as PyTorch defines them. */
export const OptimizerConfig = z.object({
  kind: z.enum(['sgd', 'lars', 'adamw']).default('sgd'),
  /** Peak of the cosine schedule. */
  learningRate: z.number().gt(0).max(100),
  /** Momentum; β₁ of AdamW. */
  momentum: z.number().min(0).lt(1).default(0.9),
  /** β₂ of AdamW. */
  secondMomentum: z.number().min(0).lt(1).default(0.98),
  weightDecay: z.number().min(0).max(1).default(5e-4),
  /** Fewer than the epochs. */
  warmupEpochs: z.int().min(0).default(0),
  /** Gradients are scaled down to this global norm; null leaves them. */
  clipNorm: z.number().gt(0).nullable().default(null),
})
export type OptimizerConfig = z.infer<typeof OptimizerConfig>

const temperature = (value: number) => z.number().gt(0, 'must be above 0').max(10).default(value)

const common = {
  encoder: EncoderConfig,
  views: ViewConfig,
  epochs: z.int().min(1).max(10_000),
  batchSize: z.int().min(2).max(8192),
  /**
   * Rows that go through a tower at once; null is the whole batch. Smaller chunks bound the memory (GradCache,
   * arXiv 2101.06983); batch norm then normalises by the chunk.
   */
  chunkSize: z.int().min(2).max(16_384).nullable().default(null),
  optimizer: OptimizerConfig,
  seed: RecipeSeed,
}

/** The rate would still rise when training ends. */
const warmupEnds = {
  holds: ({ epochs, optimizer }: { readonly epochs: number; readonly optimizer: OptimizerConfig }) =>
    optimizer.warmupEpochs < epochs,
  otherwise: { path: ['optimizer', 'warmupEpochs'], message: 'must be below epochs' },
}

const SimClr = z
  .object({
    framework: z.literal('simclr'),
    ...common,
    /** τ of NT-Xent. */
    temperature: temperature(0.5),
  })
  .refine(warmupEnds.holds, warmupEnds.otherwise)

const MoCo = z
  .object({
    framework: z.literal('moco'),
    ...common,
    /** τ of InfoNCE. */
    temperature: temperature(0.1),
    /** K, keys in the negative queue; a multiple of the batch. */
    queueLength: z.int().min(2).max(262_144).default(4096),
    /** m of the momentum encoder. */
    keyMomentum: z.number().min(0).max(1).default(0.99),
  })
  .refine(({ queueLength, batchSize }) => queueLength % batchSize === 0, {
    path: ['queueLength'],
    message: 'must be a multiple of batchSize',
  })
  .refine(warmupEnds.holds, warmupEnds.otherwise)

const Clip = z
  .object({
    framework: z.literal('clip'),
    ...common,
    /** 1/exp(logit_scale) at the start; learned from there. */
    temperature: temperature(0.07),
    text: TextEncoderConfig.prefault({}),
  })
  .refine(warmupEnds.holds, warmupEnds.otherwise)

/** Everything that, with the data and the seed, decides the weights. */
export const TrainingRecipe = z.discriminatedUnion('framework', [SimClr, MoCo, Clip])
export type TrainingRecipe = z.infer<typeof TrainingRecipe>
export type Framework = TrainingRecipe['framework']
