import * as tf from '@tensorflow/tfjs'
import { normalizeRows } from '../ops/normalize-rows.js'

/** s(a_i, b_i), the cosine of each pair of rows. a, b: [n, d] → [n] */
export const cosineRows = (a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor1D =>
  tf.sum(tf.mul(normalizeRows(a), normalizeRows(b)), 1)
