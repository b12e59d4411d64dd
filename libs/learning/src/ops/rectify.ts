import * as tf from '@tensorflow/tfjs'
import { withGradient } from './custom-gradient.js'
import { nativeBackend, runNative } from './native-backend.js'

/** max(x, 0), elementwise; the derivative at 0 is 0. */
export function rectify<T extends tf.Tensor>(x: T): T {
  return withGradient([x], (save) => {
    const y = tf.relu(x)
    save([y])
    return { value: y, gradient: (dy, [saved]) => [rectifyGradient(dy, saved as tf.Tensor)] }
  }) as T
}

/** max(a + b, 0), elementwise. */
export function rectifySum<T extends tf.Tensor>(a: T, b: T): T {
  return withGradient([a, b], (save) => {
    const y = tf.relu(tf.add(a, b))
    save([y])
    return {
      value: y,
      gradient: (dy, [saved]) => {
        const d = rectifyGradient(dy, saved as tf.Tensor)
        return [d, d.clone()]
      },
    }
  }) as T
}

function rectifyGradient(dy: tf.Tensor, y: tf.Tensor): tf.Tensor {
  const native = nativeBackend()
  return native === null ? tf.mul(dy, tf.step(y)) : runNative(native, 'ReluGrad', [dy, y])
}
