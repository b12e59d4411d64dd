import * as tf from '@tensorflow/tfjs'

export interface WithGradient {
  readonly value: tf.Tensor
  /** Gradient with respect to each input, in their order, from the gradient of the value and what was saved. */
  readonly gradient: (dy: tf.Tensor, saved: readonly tf.Tensor[]) => tf.Tensor[]
}

/** Computes `forward(inputs)` and replaces its derivative by `gradient`. `save` keeps tensors until the backward pass. */
export function withGradient(
  inputs: readonly tf.Tensor[],
  forward: (save: (tensors: tf.Tensor[]) => void) => WithGradient,
): tf.Tensor {
  const op = tf.customGrad((...args) => {
    const save = args.at(-1) as tf.GradSaveFunc
    const { value, gradient } = forward(save)
    return { value, gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => gradient(dy, saved) }
  })
  return op(...inputs)
}
