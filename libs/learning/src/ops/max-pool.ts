import * as tf from '@tensorflow/tfjs'

/**
 * Maximum over 3×3 pixels with stride 2 and padding 1, of x ≥ 0: [n, h, w, c] → [n, ⌈h/2⌉, ⌈w/2⌉, c]. Made of slices and
 * maxima, because WASM's own maximum pool is wrong; zeros can pad because x is what a ReLU gave.
 */
export function maxPool(x: tf.Tensor4D): tf.Tensor4D {
  const [n, height, width, channels] = x.shape
  const [rows, columns] = [Math.ceil(height / 2), Math.ceil(width / 2)]
  const padded = tf.pad(x, [
    [0, 0],
    [1, 2 * rows + 1 - height],
    [1, 2 * columns + 1 - width],
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
