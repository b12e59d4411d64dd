import * as tf from '@tensorflow/tfjs'
import { withGradient } from './custom-gradient.js'
import { floatType, nativeBackend } from './native-backend.js'

/** max(x, 0), elementwise; the derivative at 0 is 0. */
export function rectify<T extends tf.Tensor>(x: T): T {
  return withGradient([x], (save) => {
    const y = tf.relu(x)
    save([y])
    return { value: y, gradient: (dy, [saved]) => [rectifyGradient(dy, saved as tf.Tensor)] }
  }) as T
}

function rectifyGradient(dy: tf.Tensor, y: tf.Tensor): tf.Tensor {
  const native = nativeBackend()
  return native === null
    ? tf.mul(dy, tf.step(y))
    : native.executeSingleOutput('ReluGrad', [floatType(native, 'T')], [dy, y])
}
