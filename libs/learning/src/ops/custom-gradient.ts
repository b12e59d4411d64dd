import * as tf from '@tensorflow/tfjs'

export interface WithGradient {
  readonly value: tf.Tensor
  /** Gradient with respect to each input, in their order, from the gradient of the value and what was saved. */
  readonly gradient: (dy: tf.Tensor, saved: readonly tf.Tensor[]) => tf.Tensor[]
}

/**
 * Computes `forward(inputs)` and replaces its derivative by `gradient`, which is called at most once. `save` keeps tensors
 * until then. What the backward pass no longer needs is let go at once: tfjs itself would hold all of it to the end.
 */
export function withGradient(
  inputs: readonly tf.Tensor[],
  forward: (save: (tensors: tf.Tensor[]) => void) => WithGradient,
): tf.Tensor {
  const op = tf.customGrad((...args) => {
    const save = args.at(-1) as tf.GradSaveFunc
    const { value, gradient } = forward(save)
    return { value, gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => release(dy, saved, gradient) }
  })
  return op(...inputs)
}

function release(dy: tf.Tensor, saved: tf.Tensor[], gradient: WithGradient['gradient']): tf.Tensor[] {
  const gradients = tf.tidy(() => gradient(dy, saved).map((part) => (part === dy ? part.clone() : part)))
  // What was saved are handles of this operation's own.
  tf.dispose(saved)
  // A tensor of the scope of the backward pass is tfjs's own sum of gradients, which nobody reads again. A caller's is not.
  if (dy.scopeId === tf.engine().state.activeScope.id) dy.dispose()
  return gradients
}
