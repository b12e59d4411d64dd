import * as tf from '@tensorflow/tfjs'
import { tileMask } from './tile-mask.js'

/**
 * NegGrad: (Σ_retain ℓ − Σ_forget ℓ) / rows. rows: [k·n], k blocks in the order of the samples. mask: [n], 1 where a sample
 * is to be forgotten; it is tiled over the blocks, not repeated element by element.
 */
export function negGrad(rows: tf.Tensor1D, mask: tf.Tensor1D): tf.Scalar {
  const sign = tf.sub(1, tf.mul(2, tileMask(mask, rows)))
  return tf.mean(tf.mul(rows, sign))
}
