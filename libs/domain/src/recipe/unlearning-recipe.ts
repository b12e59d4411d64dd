import { z } from 'zod'
import { RecipeSeed } from './recipe-seed.js'

/** Epochs at a constant rate; the optimiser is the training recipe's, begun afresh. */
const budget = {
  epochs: z.int().min(1).max(10_000).default(10),
  /** Constant during unlearning. */
  learningRate: z.number().min(0).max(100),
  seed: RecipeSeed,
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
  /** Minus the objective on the forget set alone; a step of a tiny rate is already much. */
  z.object({ method: z.literal('gradient-ascent'), ...budget }),
  /** (Σ_retain ℓ − Σ_forget ℓ)/n on stratified batches. */
  z.object({ method: z.literal('neg-grad'), ...budget }),
  z.object({
    method: z.literal('l1-sparsity'),
    ...budget,
    /** λ of λ‖θ‖₁. */
    lambda: z.number().min(0, 'must not be negative').default(1e-4),
  }),
  z.object({ method: z.literal('retrain'), seed: RecipeSeed }),
  /** Weights stay; the endpoint answers pictures of the forget set with noise. A negative control that an audit must fail. */
  z.object({ method: z.literal('output-suppression'), seed: RecipeSeed }),
])
export type UnlearningRecipe = z.infer<typeof UnlearningRecipe>
export type UnlearningMethod = UnlearningRecipe['method']
