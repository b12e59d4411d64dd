import * as tf from '@tensorflow/tfjs'
import { withGradient } from './custom-gradient.js'

/** PyTorch's. */
const EPSILON = 1e-5

/** Layer normalisation of each row: γ·(x − μ)/√(σ² + ε) + β with the biased variance. x: [n, w], gamma, beta: [w]. */
export function normalizeLayer(x: tf.Tensor2D, gamma: tf.Tensor1D, beta: tf.Tensor1D): tf.Tensor2D {
  return withGradient([x, gamma, beta], (save) => {
    const centred = tf.sub(x, tf.mean(x, 1, true))
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), 1, true), EPSILON))
    const standard = tf.mul(centred, inverse)
    save([standard, inverse, gamma])
    return {
      value: tf.add(tf.mul(standard, gamma), beta),
      gradient: (dy, [unit, scale, weights]) => {
        const d = tf.mul(dy, weights as tf.Tensor)
        const along = tf.mul(unit as tf.Tensor, tf.mean(tf.mul(d, unit as tf.Tensor), 1, true))
        const dx = tf.mul(scale as tf.Tensor, tf.sub(tf.sub(d, tf.mean(d, 1, true)), along))
        return [dx, tf.sum(tf.mul(dy, unit as tf.Tensor), 0), tf.sum(dy, 0)]
      },
    }
  }) as tf.Tensor2D
}
