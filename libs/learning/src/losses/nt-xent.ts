import * as tf from '@tensorflow/tfjs'
import { logSumExpRows } from '../ops/log-sum-exp-rows.js'
import { multiplyMatrices } from '../ops/multiply-matrices.js'
import { normalizeRows } from '../ops/normalize-rows.js'

/** Large enough that exp(−MASK) is 0 in float32 against any similarity over any temperature in use. */
const MASK = 1e9

/**
 * ℓ_i = −s(z_i, z_i⁺)/τ + log Σ_{k≠i} exp(s(z_i, z_k)/τ) for each of 2n rows, z0's first, then z1's
 * (SimCLR, arXiv 2002.05709, eq. 1). z0, z1: [n, d], two views of the same n samples. → [2n]
 */
export function ntXentRows(z0: tf.Tensor2D, z1: tf.Tensor2D, temperature: number): tf.Tensor1D {
  const n0 = normalizeRows(z0)
  const n1 = normalizeRows(z1)
  const rows = tf.concat([n0, n1])
  const similarity = tf.div<tf.Tensor2D>(multiplyMatrices(rows, tf.transpose(rows)), temperature)
  const others = tf.sub<tf.Tensor2D>(similarity, tf.mul(tf.eye(rows.shape[0]), MASK))
  const positive = tf.div(tf.sum(tf.mul(n0, n1), 1), temperature)
  return tf.sub(logSumExpRows(others), tf.concat([positive, positive]))
}

/** Mean of `ntXentRows`. */
export const ntXent = (z0: tf.Tensor2D, z1: tf.Tensor2D, temperature: number): tf.Scalar =>
  tf.mean(ntXentRows(z0, z1, temperature))
