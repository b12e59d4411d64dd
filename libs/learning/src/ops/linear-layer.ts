import type * as tf from '@tensorflow/tfjs'
import { withGradient } from './custom-gradient.js'
import { addBias, product, sumRows } from './matrix-kernels.js'

/** x · weights + bias for x: [n, k], weights: [k, m], bias: [m] → [n, m]. */
export function linearLayer(x: tf.Tensor2D, weights: tf.Tensor2D, bias: tf.Tensor1D): tf.Tensor2D {
  return withGradient([x, weights, bias], (save) => {
    save([x, weights])
    return {
      value: addBias(product(x, weights), bias),
      gradient: (dy, saved) => {
        const [input, kernel] = saved as [tf.Tensor2D, tf.Tensor2D]
        const d = dy as tf.Tensor2D
        return [product(d, kernel, 'second'), product(input, d, 'first'), sumRows(d)]
      },
    }
  }) as tf.Tensor2D
}
