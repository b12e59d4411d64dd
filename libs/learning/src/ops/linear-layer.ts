import * as tf from '@tensorflow/tfjs'
import { withGradient } from './custom-gradient.js'

/** x · weights + bias for x: [n, k], weights: [k, m], bias: [m] → [n, m]. No transposed flags, see `multiplyMatrices`. */
export function linearLayer(x: tf.Tensor2D, weights: tf.Tensor2D, bias: tf.Tensor1D): tf.Tensor2D {
  return withGradient([x, weights, bias], (save) => {
    save([x, weights])
    return {
      value: tf.add(tf.matMul(x, weights), bias),
      gradient: (dy, [input, kernel]) => [
        tf.matMul(dy, tf.transpose(kernel as tf.Tensor2D)),
        tf.matMul(tf.transpose(input as tf.Tensor2D), dy),
        tf.sum(dy, 0),
      ],
    }
  }) as tf.Tensor2D
}
