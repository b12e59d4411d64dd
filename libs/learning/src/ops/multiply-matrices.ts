import * as tf from '@tensorflow/tfjs'
import { withGradient } from './custom-gradient.js'

/** a · b for a: [n, k], b: [k, m]. Gradients never use a transposed flag, which is 15 times slower on WASM. */
export function multiplyMatrices(a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor2D {
  return withGradient([a, b], (save) => {
    save([a, b])
    return {
      value: tf.matMul(a, b),
      gradient: (dy, [left, right]) => gradients(dy as tf.Tensor2D, left as tf.Tensor2D, right as tf.Tensor2D),
    }
  }) as tf.Tensor2D
}

function gradients(dy: tf.Tensor2D, a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor[] {
  const da = tf.matMul(dy, tf.transpose(b))
  // Either form gives aᵀ·dy; the narrower operand is the one that is transposed.
  const isNarrow = b.shape[1] <= a.shape[1]
  const db = isNarrow ? tf.transpose(tf.matMul(tf.transpose(dy), a)) : tf.matMul(tf.transpose(a), dy)
  return [da, db]
}
