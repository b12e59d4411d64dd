import { z } from 'zod'

/** Encoder architectures that exist today; issue by issue this union grows. */
export const EncoderConfig = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('compact-conv'),
    /** Channels of each stage; every stage halves height and width. */
    widths: z.array(z.int().min(4).max(1024)).min(1).max(6).default([16, 32, 64]),
    /** Hidden and output width of the projection head. */
    projection: z
      .object({ hidden: z.int().min(4).max(4096), output: z.int().min(2).max(1024) })
      .default({ hidden: 64, output: 64 }),
  }),
])
export type EncoderConfig = z.infer<typeof EncoderConfig>

/** How a view is drawn. `strength` scales crop, jitter and greyscale together; 1 is SimCLR at paper scale. */
export const ViewConfig = z.object({
  strength: z.number().min(0).max(1).default(0.5),
  flip: z.boolean().default(true),
})
export type ViewConfig = z.infer<typeof ViewConfig>

/** Everything that, with the data and the seed, decides the weights. */
export const TrainingRecipe = z.object({
  framework: z.enum(['simclr']),
  encoder: EncoderConfig,
  views: ViewConfig,
  /** τ of InfoNCE. */
  temperature: z.number().gt(0, 'must be above 0').max(10),
  epochs: z.int().min(1).max(10_000),
  batchSize: z.int().min(2).max(8192),
  optimizer: z.object({
    learningRate: z.number().gt(0).max(100),
    momentum: z.number().min(0).lt(1).default(0.9),
    weightDecay: z.number().min(0).max(1).default(5e-4),
    warmupEpochs: z.int().min(0).default(0),
  }),
  seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1),
})
export type TrainingRecipe = z.infer<typeof TrainingRecipe>

const budget = {
  epochs: z.int().min(1).max(10_000).default(10),
  /** Constant during unlearning. */
  learningRate: z.number().min(0).max(100),
  seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1),
}

/** How a checkpoint is made to forget. Symbols are those of arXiv 2406.03603. */
export const UnlearningRecipe = z.discriminatedUnion('method', [
  z.object({
    method: z.literal('alignment-calibration'),
    ...budget,
    /** Weight of negative alignment calibration (and, equal to it, of uniformity). */
    alpha: z.number().min(0, 'must not be negative').default(1),
    /**
     * Weight of positive alignment calibration, before scaling by |D_u|/(|D_r|+|D_u|). Measured on four deals of emoji at a
     * sixth of the training rate with 5 repair epochs: 8 gives AUC 0.47 to 0.53, 6 gives 0.52 to 0.54, 2 gives 0.58.
     */
    beta: z.number().min(0, 'must not be negative').default(8),
    /** Epochs on the retain set after the calibrated ones. */
    repairEpochs: z.int().min(0).max(1000).default(5),
  }),
  z.object({ method: z.literal('fine-tune'), ...budget }),
  z.object({ method: z.literal('retrain'), seed: budget.seed }),
])
export type UnlearningRecipe = z.infer<typeof UnlearningRecipe>
export type UnlearningMethod = UnlearningRecipe['method']
