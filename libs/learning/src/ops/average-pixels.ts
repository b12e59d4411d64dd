import * as tf from '@tensorflow/tfjs'
import { withGradient } from './custom-gradient.js'

/** Global mean over height and width: [n, h, w, c] → [n, c]. */
export function averagePixels(x: tf.Tensor4D): tf.Tensor2D {
  const [n, height, width, channels] = x.shape
  const pixels = height * width
  return withGradient([x], () => ({
    value: tf.mean(tf.reshape(x, [n, pixels, channels]), 1),
    gradient: (dy) => {
      const share = tf.reshape(tf.mul(dy, 1 / pixels), [n, 1, channels])
      return [tf.reshape(tf.mul(share, tf.ones([1, pixels, 1])), x.shape)]
    },
  })) as tf.Tensor2D
}
