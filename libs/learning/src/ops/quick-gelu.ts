import * as tf from '@tensorflow/tfjs'
import { withGradient } from './custom-gradient.js'

const STEEPNESS = 1.702

/** x·σ(1.702 x), the GELU of CLIP's published models (arXiv 1606.08415, section 2); every backend has its parts. */
export function quickGelu<T extends tf.Tensor>(x: T): T {
  return withGradient([x], (save) => {
    const gate = tf.sigmoid(tf.mul(x, STEEPNESS))
    save([x, gate])
    return {
      value: tf.mul(x, gate),
      gradient: (dy, [input, sigma]) => {
        const bend = tf.mul(tf.mul(input as tf.Tensor, STEEPNESS), tf.sub(1, sigma as tf.Tensor))
        return [tf.mul(dy, tf.mul(sigma as tf.Tensor, tf.add(1, bend)))]
      },
    }
  }) as T
}
