import * as tf from '@tensorflow/tfjs'
import { withGradient } from './custom-gradient.js'

/** x·Φ(x) with the normal distribution's Φ, exact (arXiv 1606.08415, section 2), as PyTorch's default. */
export function gelu<T extends tf.Tensor>(x: T): T {
  return withGradient([x], (save) => {
    const share = tf.add(tf.mul(tf.erf(tf.mul(x, Math.SQRT1_2)), 0.5), 0.5)
    save([x, share])
    return {
      value: tf.mul(x, share),
      gradient: (dy, saved) => {
        const [input, below] = saved as [tf.Tensor, tf.Tensor]
        const density = tf.mul(tf.exp(tf.mul(tf.square(input), -0.5)), 1 / Math.sqrt(2 * Math.PI))
        return [tf.mul(dy, tf.add(below, tf.mul(input, density)))]
      },
    }
  }) as T
}
