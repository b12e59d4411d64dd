import * as tf from '@tensorflow/tfjs'
import { normalizeRows } from '../ops/normalize-rows.js'
import { ntXentRows } from './nt-xent.js'

export interface AlignmentCalibrationOptions {
  /** Weight of forget rows against retain rows; the sum re-normalises. */
  readonly alpha: number
  readonly beta: number
  readonly temperature: number
  /** |D_u|, of the whole forget set and not of this batch. */
  readonly forgetCount: number
  /** |D_r| + |D_u|. */
  readonly trainCount: number
}

/**
 * Alignment Calibration on SimCLR (arXiv 2406.03603):
 *
 *   (Σ_retain ℓ + α Σ_forget ℓ) / (#rows_retain + α·#rows_forget)  +  β·|D_u|/|D| · mean_forget cos(z0, z2)
 *
 * z0: [n, d] first views. z1: [n, d] positive partners: second views, and for a forget sample the view of another forget
 * sample. z2: [n, d] further views of the samples of z0. mask: [n], 1 where a sample is to be forgotten.
 * Without a forget sample in the batch the last term is 0.
 */
export function alignmentCalibrationSimclr(
  z0: tf.Tensor2D,
  z1: tf.Tensor2D,
  z2: tf.Tensor2D,
  mask: tf.Tensor1D,
  { alpha, beta, temperature, forgetCount, trainCount }: AlignmentCalibrationOptions,
): tf.Scalar {
  // Rows are ordered z0 then z1, so the per-sample mask is tiled, not repeated element by element.
  const weights = tf.add(1, tf.mul(tf.concat([mask, mask]), alpha - 1))
  const contrast = tf.div(tf.sum(tf.mul(ntXentRows(z0, z1, temperature), weights)), tf.sum(weights))
  if (beta === 0) return contrast.asScalar()
  const cosines = tf.sum(tf.mul(normalizeRows(z0), normalizeRows(z2)), 1)
  const forgetInBatch = tf.maximum(tf.sum(mask), 1)
  const alignment = tf.div(tf.sum(tf.mul(cosines, mask)), forgetInBatch)
  return tf.add(contrast, tf.mul(alignment, (beta * forgetCount) / trainCount)).asScalar()
}
