import * as tf from '@tensorflow/tfjs'
import { withGradient } from './custom-gradient.js'

/**
 * softmax(q·kᵀ/√d + mask)·v (arXiv 1706.03762, eq. 1) for q, k, v: [b, t, d], one b per sample and head.
 * mask: [t, t], 0 where a row may look and −1e9 where not; null lets every row look everywhere. → [b, t, d]
 */
export function attend(q: tf.Tensor3D, k: tf.Tensor3D, v: tf.Tensor3D, mask: tf.Tensor2D | null): tf.Tensor3D {
  const scale = 1 / Math.sqrt(q.shape[2])
  return withGradient([q, k, v], (save) => {
    const scores = tf.mul(tf.matMul(q, k, false, true), scale)
    const shares = tf.softmax(mask === null ? scores : tf.add(scores, mask))
    save([q, k, v, shares])
    return {
      value: tf.matMul(shares, v),
      gradient: (dy, saved) => {
        const [query, key, value, weights] = saved as tf.Tensor3D[] as [
          tf.Tensor3D,
          tf.Tensor3D,
          tf.Tensor3D,
          tf.Tensor3D,
        ]
        const dWeights = tf.mul(tf.matMul(dy, value, false, true), weights)
        const dScores = tf.mul(tf.sub(dWeights, tf.mul(weights, tf.sum(dWeights, -1, true))), scale)
        return [tf.matMul(dScores, key), tf.matMul(dScores, query, true, false), tf.matMul(weights, dy, true, false)]
      },
    }
  }) as tf.Tensor3D
}
