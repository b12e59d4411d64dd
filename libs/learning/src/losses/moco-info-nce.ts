import * as tf from '@tensorflow/tfjs'
import { withGradient } from '../ops/custom-gradient.js'
import { logSumExpRows } from '../ops/log-sum-exp-rows.js'
import { normalizeRows } from '../ops/normalize-rows.js'

/**
 * ℓ_i = −s(q_i, k_i)/τ + log( exp(s(q_i, k_i)/τ) + Σ_j exp(q_i·queue_j/τ) ) for each query (MoCo, arXiv 1911.05722, eq. 1).
 * q, k: [n, d], query and its positive key. queue: [K, d], rows of length 1. k and the queue come from the momentum encoder
 * and are constants of the tape. → [n]
 */
export function mocoInfoNceRows(q: tf.Tensor2D, k: tf.Tensor2D, queue: tf.Tensor2D, temperature: number): tf.Tensor1D {
  const query = normalizeRows(q)
  const positive = tf.sum(tf.mul(query, normalizeRows(k)), 1, true)
  const negatives = similarityTo(queue, query)
  const logits = tf.div<tf.Tensor2D>(tf.concat([positive, negatives], 1), temperature)
  return tf.sub(logSumExpRows(logits), tf.reshape(tf.div(positive, temperature), [-1]))
}

/** Mean of `mocoInfoNceRows`. */
export const mocoInfoNce = (q: tf.Tensor2D, k: tf.Tensor2D, queue: tf.Tensor2D, temperature: number): tf.Scalar =>
  tf.mean(mocoInfoNceRows(q, k, queue, temperature))

/** rows · constantᵀ, without a gradient for the constant: for a long queue that would cost as much as the product. */
const similarityTo = (constant: tf.Tensor2D, rows: tf.Tensor2D): tf.Tensor2D =>
  withGradient([rows], (save) => {
    save([constant])
    return {
      value: tf.matMul(rows, tf.transpose(constant)),
      gradient: (dy, [saved]) => [tf.matMul(dy, saved as tf.Tensor2D)],
    }
  }) as tf.Tensor2D
