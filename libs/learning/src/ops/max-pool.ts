import * as tf from '@tensorflow/tfjs'
import { withGradient } from './custom-gradient.js'
import { nativeBackend, runNative, type NativeBackend } from './native-backend.js'

/**
 * Maximum over 3×3 pixels with stride 2 and padding 1, of x ≥ 0: [n, h, w, c] → [n, ⌈h/2⌉, ⌈w/2⌉, c]. Zeros can pad, because x is
 * what a ReLU gave.
 */
export function maxPool(x: tf.Tensor4D): tf.Tensor4D {
  const native = nativeBackend()
  return native === null ? composed(x) : fused(native, x)
}

/** Zeros around, so that windows 3×3 of stride 2 fill it: two more rows and columns where the size is odd, else one. */
function padWindows(x: tf.Tensor4D): tf.Tensor4D {
  const [, height, width] = x.shape
  return tf.pad(x, [
    [0, 0],
    [1, height % 2],
    [1, width % 2],
    [0, 0],
  ])
}

/** Of slices and maxima, because WASM's own maximum pool is wrong and has no gradient. tfjs differentiates it. */
function composed(x: tf.Tensor4D): tf.Tensor4D {
  const [n, height, width, channels] = x.shape
  const [rows, columns] = [Math.ceil(height / 2), Math.ceil(width / 2)]
  const padded = tf.pad(padWindows(x), [
    [0, 0],
    [0, 1],
    [0, 1],
    [0, 0],
  ])
  const at = (down: number, right: number): tf.Tensor => {
    const window = tf.slice(padded, [0, down, right, 0], [n, 2 * rows, 2 * columns, channels])
    const pairs = tf.reshape(window, [n * rows, 2, columns, 2 * channels])
    return tf.slice(pairs, [0, 0, 0, 0], [n * rows, 1, columns, channels])
  }
  let largest = at(0, 0)
  for (let place = 1; place < 9; place++) largest = tf.maximum(largest, at(Math.floor(place / 3), place % 3))
  return tf.reshape(largest, [n, rows, columns, channels])
}

const windows = { ksize: [1, 3, 3, 1], strides: [1, 2, 2, 1], padding: 'VALID', data_format: 'NHWC' } as const

function fused(native: NativeBackend, x: tf.Tensor4D): tf.Tensor4D {
  return withGradient([x], (save) => {
    const padded = padWindows(x)
    const y = runNative(native, 'MaxPool', [padded], windows)
    save([padded, y])
    return {
      value: y,
      gradient: (dy, saved) => [
        tf.slice(runNative(native, 'MaxPoolGrad', [...saved, dy], windows), [0, 1, 1, 0], x.shape),
      ],
    }
  }) as tf.Tensor4D
}
