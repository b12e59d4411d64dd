import * as tf from '@tensorflow/tfjs'

/** PyTorch's guard against a division by zero. */
const EPSILON = 1e-6

/**
 * The gradients, scaled down together so that the norm over all of them is at most `maxNorm`, as
 * `torch.nn.utils.clip_grad_norm_` does. Called inside a `tf.tidy`.
 */
export function clipGradients(gradients: ReadonlyMap<string, tf.Tensor>, maxNorm: number): Map<string, tf.Tensor> {
  const squares = [...gradients.values()].map((gradient) => tf.sum<tf.Scalar>(tf.square(gradient)))
  if (squares.length === 0) return new Map()
  const norm = tf.sqrt(tf.addN(squares))
  const scale = tf.minimum(tf.div(maxNorm, tf.add(norm, EPSILON)), 1)
  return new Map([...gradients].map(([name, gradient]) => [name, tf.mul(gradient, scale)]))
}
