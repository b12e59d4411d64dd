import * as tf from '@tensorflow/tfjs'
import { withGradient } from './custom-gradient.js'
import { sumRows } from './matrix-kernels.js'
import { standardizeRows, standardizeRowsGradient } from './standardize-rows.js'

/** Layer normalisation of each row: γ·(x − μ)/√(σ² + ε) + β with the biased variance. x: [n, w], gamma, beta: [w]. */
export function normalizeLayer(x: tf.Tensor2D, gamma: tf.Tensor1D, beta: tf.Tensor1D): tf.Tensor2D {
  return withGradient([x, gamma, beta], (save) => {
    const standard = standardizeRows(x)
    save([standard.unit, standard.inverse, gamma])
    return {
      value: tf.add(tf.mul(standard.unit, gamma), beta),
      gradient: (dy, saved) => {
        const [unit, inverse, weights] = saved as [tf.Tensor2D, tf.Tensor2D, tf.Tensor1D]
        const dx = standardizeRowsGradient(tf.mul(dy, weights), { unit, inverse })
        return [dx, sumRows(tf.mul(dy, unit)), sumRows(dy as tf.Tensor2D)]
      },
    }
  }) as tf.Tensor2D
}
