import * as tf from '@tensorflow/tfjs'
import { withGradient } from './custom-gradient.js'

/** log Σ_k exp(x_ik), stable for any finite x: [n, m] → [n]. */
export function logSumExpRows(x: tf.Tensor2D): tf.Tensor1D {
  return withGradient([x], (save) => {
    const top = tf.max(x, 1, true)
    const shares = tf.exp(tf.sub(x, top))
    const total = tf.sum(shares, 1, true)
    save([tf.div(shares, total)])
    return {
      value: tf.reshape(tf.add(tf.log(total), top), [-1]),
      gradient: (dy, [softmax]) => [tf.mul(softmax as tf.Tensor, tf.reshape(dy, [-1, 1]))],
    }
  }) as tf.Tensor1D
}
