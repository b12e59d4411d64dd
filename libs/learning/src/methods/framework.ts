import * as tf from '@tensorflow/tfjs'
import type { StepInputs, StepOutputs } from '../training/phase.js'
import type { SampleBatch } from './sample-batch.js'

/** What a loss is made of. */
export interface Contrast {
  /** ℓ per row, [k·n]: k blocks, each in the order of the samples. */
  readonly rows: tf.Tensor1D
  /** s(view 1, view 3) per sample, [n]; null where no third was asked for. */
  readonly cosines: tf.Tensor1D | null
}

/** The equal blocks that the towers' rows were stacked of. tfjs cannot differentiate a split into one. */
export const blocksOf = (rows: tf.Tensor2D, blocks: number): tf.Tensor2D[] =>
  blocks === 1 ? [rows] : tf.split(rows, blocks)

/** A way of contrastive learning: what goes through which tower, and how rows of the loss come out of it. */
export interface Framework {
  inputs(batch: SampleBatch): StepInputs
  /** Runs inside the gradient tape. */
  contrast(outputs: StepOutputs, batch: SampleBatch): Contrast
  /** After the optimiser's step; `key` is what the key tower made of the batch before it. */
  afterStep?(batch: SampleBatch, key: tf.Tensor2D): void
}
