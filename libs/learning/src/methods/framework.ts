import * as tf from '@tensorflow/tfjs'
import { cosineRows } from '../losses/cosine-rows.js'
import type { StepInputs, StepOutputs } from '../training/phase.js'
import type { SampleBatch } from './sample-batch.js'

/** What a loss is made of. */
export interface Contrast {
  /** ℓ per row, [k·n]: k blocks, each in the order of the samples. */
  readonly rows: tf.Tensor1D
  /** s(view 1, view 3) per sample that has a third, [thirds]; null where none has. */
  readonly cosines: tf.Tensor1D | null
}

/** The blocks of so many rows that a tower's rows were stacked of; without empty ones. tfjs cannot differentiate a split into one. */
export function blocksOf(rows: tf.Tensor2D, sizes: readonly number[]): tf.Tensor2D[] {
  const filled = sizes.filter((size) => size > 0)
  return filled.length === 1 ? [rows] : tf.split(rows, filled)
}

/** s(view 1, view 3) of the samples that have a third, the last ones. z0: [n, d], z2: [thirds, d] → [thirds] */
export function thirdCosines(z0: tf.Tensor2D, z2: tf.Tensor2D | undefined): tf.Tensor1D | null {
  if (z2 === undefined) return null
  const [n, thirds] = [z0.shape[0], z2.shape[0]]
  return cosineRows(blocksOf(z0, [n - thirds, thirds]).at(-1) as tf.Tensor2D, z2)
}

/** A way of contrastive learning: what goes through which tower, and how rows of the loss come out of it. */
export interface Framework {
  inputs(batch: SampleBatch): StepInputs
  /** Runs inside the gradient tape. */
  contrast(outputs: StepOutputs, batch: SampleBatch): Contrast
  /** After the optimiser's step; `key` is what the key tower made of the batch before it. */
  afterStep?(batch: SampleBatch, key: tf.Tensor2D): void
}
