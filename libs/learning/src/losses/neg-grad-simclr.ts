import * as tf from '@tensorflow/tfjs'
import { ntXentRows } from './nt-xent.js'

/**
 * NegGrad on SimCLR: (Σ_retain ℓ − Σ_forget ℓ) / rows. mask: [n], 1 where a sample is to be forgotten; it is tiled over the
 * two views because rows are ordered view by view.
 */
export function negGradSimclr(z0: tf.Tensor2D, z1: tf.Tensor2D, mask: tf.Tensor1D, temperature: number): tf.Scalar {
  const sign = tf.sub(1, tf.mul(2, tf.concat([mask, mask])))
  return tf.mean(tf.mul(ntXentRows(z0, z1, temperature), sign))
}
