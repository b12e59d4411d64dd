import * as tf from '@tensorflow/tfjs'

/** PyTorch's, of layer norm. */
const EPSILON = 1e-5

/** Rows moved to mean 0 and scaled to variance 1. */
export interface StandardRows {
  /** [n, w] */
  readonly unit: tf.Tensor2D
  /** What each row was multiplied by, 1/√(σ² + ε) with the biased variance: [n, 1]. */
  readonly inverse: tf.Tensor2D
}

export function standardizeRows(x: tf.Tensor2D): StandardRows {
  const centred = tf.sub<tf.Tensor2D>(x, tf.mean(x, 1, true))
  const inverse = tf.rsqrt(tf.add<tf.Tensor2D>(tf.mean(tf.square(centred), 1, true), EPSILON))
  return { unit: tf.mul(centred, inverse), inverse }
}

/** Gradient with respect to x from that of `unit`. */
export function standardizeRowsGradient(d: tf.Tensor2D, { unit, inverse }: StandardRows): tf.Tensor2D {
  const along = tf.mul<tf.Tensor2D>(unit, tf.mean(tf.mul(d, unit), 1, true))
  return tf.mul(inverse, tf.sub<tf.Tensor2D>(tf.sub(d, tf.mean(d, 1, true)), along))
}
