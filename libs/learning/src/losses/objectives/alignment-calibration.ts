import * as tf from '@tensorflow/tfjs'
import { tileMask } from './tile-mask.js'

export interface AlignmentCalibrationOptions {
  /** Weight of forget rows against retain rows; the sum re-normalises. */
  readonly alpha: number
  readonly beta: number
  /** |D_u|, of the whole forget set and not of this batch. */
  readonly forgetCount: number
  /** |D_r| + |D_u|. */
  readonly trainCount: number
}

/**
 * Alignment Calibration (arXiv 2406.03603) over the rows of any framework:
 *
 *   (Σ_retain ℓ + α Σ_forget ℓ) / (#rows_retain + α·#rows_forget)  +  β·|D_u|/|D| · mean_forget s(view 1, view 3)
 *
 * rows: [k·n], k blocks in the order of the samples, where the positive partner of a forget sample is another forget sample.
 * mask: [n], 1 where a sample is to be forgotten; tiled over the blocks. cosines: s(view 1, view 3) of the batch's forget
 * samples; null where it has none, and then the last term is 0.
 */
export function alignmentCalibration(
  rows: tf.Tensor1D,
  mask: tf.Tensor1D,
  cosines: tf.Tensor1D | null,
  { alpha, beta, forgetCount, trainCount }: AlignmentCalibrationOptions,
): tf.Scalar {
  const weights = tf.add(1, tf.mul(tileMask(mask, rows), alpha - 1))
  const contrast = tf.div(tf.sum(tf.mul(rows, weights)), tf.sum(weights))
  if (beta === 0 || cosines === null) return contrast.asScalar()
  return tf.add(contrast, tf.mul(tf.mean(cosines), (beta * forgetCount) / trainCount)).asScalar()
}
