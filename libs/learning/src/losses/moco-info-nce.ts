import * as tf from '@tensorflow/tfjs'
import { logSumExpRows } from '../ops/log-sum-exp-rows.js'
import { multiplyMatrices } from '../ops/multiply-matrices.js'
import { normalizeRows } from '../ops/normalize-rows.js'

/**
 * ℓ_i = −s(q_i, k_i)/τ + log( exp(s(q_i, k_i)/τ) + Σ_j exp(q_i·queue_j/τ) ) for each query (MoCo, arXiv 1911.05722, eq. 1).
 * q, k: [n, d], query and its positive key. queue: [K, d], rows of length 1. No gradient reaches k or the queue. → [n]
 */
export function mocoInfoNceRows(q: tf.Tensor2D, k: tf.Tensor2D, queue: tf.Tensor2D, temperature: number): tf.Tensor1D {
  const query = normalizeRows(q)
  const positive = tf.sum(tf.mul(query, normalizeRows(k)), 1, true)
  const negatives = multiplyMatrices(query, tf.transpose(queue))
  const logits = tf.div<tf.Tensor2D>(tf.concat([positive, negatives], 1), temperature)
  return tf.sub(logSumExpRows(logits), tf.reshape(tf.div(positive, temperature), [-1]))
}

/** Mean of `mocoInfoNceRows`. */
export const mocoInfoNce = (q: tf.Tensor2D, k: tf.Tensor2D, queue: tf.Tensor2D, temperature: number): tf.Scalar =>
  tf.mean(mocoInfoNceRows(q, k, queue, temperature))
