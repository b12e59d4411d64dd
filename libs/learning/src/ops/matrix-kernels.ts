import * as tf from '@tensorflow/tfjs'
import { nativeBackend, runNative } from './native-backend.js'

// Not differentiable themselves: operations with a gradient of their own are made of them.

export type Transposed = 'none' | 'first' | 'second'

/**
 * a · b, aᵀ · b or a · bᵀ. No transposed flag reaches WASM, where it is 15 times slower than a transposed copy. tfjs-node makes
 * BatchMatMulV2 of it; TensorFlow's MatMul is no choice, since oneDNN's kernel behind it writes past its buffer.
 */
export function product(a: tf.Tensor2D, b: tf.Tensor2D, transposed: Transposed = 'none'): tf.Tensor2D {
  if (nativeBackend() !== null) return tf.matMul(a, b, transposed === 'first', transposed === 'second')
  if (transposed === 'second') return tf.matMul(a, tf.transpose(b))
  if (transposed === 'none') return tf.matMul(a, b)
  // Either form gives aᵀ·b; the narrower operand is the one that is transposed.
  return b.shape[1] <= a.shape[1]
    ? tf.transpose(tf.matMul<tf.Tensor2D>(tf.transpose(b), a))
    : tf.matMul(tf.transpose(a), b)
}

/** The sum of all rows: [n, m] → [m]. */
export function sumRows(x: tf.Tensor2D): tf.Tensor1D {
  const native = nativeBackend()
  if (native !== null) return runNative(native, 'BiasAddGrad', [x], channelsLast) as tf.Tensor1D
  return tf.getBackend() === 'wasm' ? sumRowsByPool(x) : tf.sum(x, 0)
}

/**
 * WASM's sum over rows is twenty times slower than its average pool over a column of pixels. In two stages, so that no sum runs
 * over many more than √n terms and loses digits.
 */
function sumRowsByPool(x: tf.Tensor2D): tf.Tensor1D {
  const [n, m] = x.shape
  let parts = 1
  while (parts * parts < n && n % (2 * parts) === 0) parts *= 2
  const average = (rows: tf.Tensor, count: number, height: number) =>
    tf.avgPool(tf.reshape<tf.Rank.R4>(rows, [count, height, 1, m]), [height, 1], 1, 'valid')
  return tf.reshape(tf.mul(average(average(x, parts, n / parts), 1, parts), n), [m])
}

/** x + bias for x: [n, m], bias: [m]. */
export function addBias(x: tf.Tensor2D, bias: tf.Tensor1D): tf.Tensor2D {
  const native = nativeBackend()
  return native === null ? tf.add(x, bias) : (runNative(native, 'BiasAdd', [x, bias], channelsLast) as tf.Tensor2D)
}

const channelsLast = { data_format: 'NHWC' } as const
