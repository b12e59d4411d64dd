import type * as tf from '@tensorflow/tfjs'
import { withGradient } from './custom-gradient.js'
import { product } from './matrix-kernels.js'

/** a · b for a: [n, k], b: [k, m]. */
export function multiplyMatrices(a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor2D {
  return withGradient([a, b], (save) => {
    save([a, b])
    return {
      value: product(a, b),
      gradient: (dy, saved) => {
        const [left, right] = saved as [tf.Tensor2D, tf.Tensor2D]
        return [product(dy as tf.Tensor2D, right, 'second'), product(left, dy as tf.Tensor2D, 'first')]
      },
    }
  }) as tf.Tensor2D
}
