import * as tf from '@tensorflow/tfjs'
import { withGradient } from './custom-gradient.js'

/** Rows shorter than this are divided by it, so that a zero vector stays zero and its gradient finite. */
const SHORTEST = 1e-8

/** Every row divided by its Euclidean length: [n, d] → [n, d]. */
export function normalizeRows(x: tf.Tensor2D): tf.Tensor2D {
  return withGradient([x], (save) => {
    const inverse = tf.rsqrt(tf.maximum(tf.sum(tf.square(x), 1, true), SHORTEST ** 2))
    const unit = tf.mul(x, inverse)
    save([unit, inverse])
    return {
      value: unit,
      gradient: (dy, [n, scale]) => {
        const along = tf.sum(tf.mul(dy, n as tf.Tensor), 1, true)
        return [tf.mul(scale as tf.Tensor, tf.sub(dy, tf.mul(n as tf.Tensor, along)))]
      },
    }
  }) as tf.Tensor2D
}
