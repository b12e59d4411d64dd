import * as tf from '@tensorflow/tfjs'
import { withGradient } from './custom-gradient.js'
import { multiplyMatrices } from './multiply-matrices.js'
import { hasKernel } from './native-backend.js'

export interface ConvolutionOptions {
  readonly stride: 1 | 2
  /** False where x is the picture itself: its gradient is never needed and costs as much as a layer. */
  readonly needsInputGradient: boolean
}

type Shape4D = [number, number, number, number]

/**
 * x: [n, h, w, ci] ∗ kernel: [k, k, ci, co], k odd → [n, ⌈h/stride⌉, ⌈w/stride⌉, co], zero padding k >> 1 on every side as
 * PyTorch pads. Where the backend lacks Conv2DBackpropFilter (WASM) the gradient is made of convolutions.
 */
export function convolve(x: tf.Tensor4D, kernel: tf.Tensor4D, options: ConvolutionOptions): tf.Tensor4D {
  const { stride, needsInputGradient } = options
  const rim = kernel.shape[0] >> 1
  if (rim === 0) return multiplyPixels(stride === 1 ? x : everySecondPixel(x), kernel)
  if (hasKernel('Conv2DBackpropFilter')) return tf.conv2d(pad(x, rim), kernel, stride, 'valid')
  const inputs = needsInputGradient ? [x, kernel] : [kernel]
  return withGradient(inputs, (save) => {
    const padded = pad(x, rim)
    save([padded, kernel])
    return {
      value: tf.conv2d(padded, kernel, stride, 'valid'),
      gradient: (dy, saved) => {
        const [image, filter] = saved as [tf.Tensor4D, tf.Tensor4D]
        const dKernel = kernelGradient(dy as tf.Tensor4D, image, filter.shape[0], stride)
        return needsInputGradient ? [inputGradient(dy as tf.Tensor4D, x.shape, filter, stride), dKernel] : [dKernel]
      },
    }
  }) as tf.Tensor4D
}

/** A convolution 1×1 is a matrix product. (oneDNN's own of stride 2 writes past its gradient where channels are below 16.) */
function multiplyPixels(x: tf.Tensor4D, kernel: tf.Tensor4D): tf.Tensor4D {
  const [n, height, width, inputs] = x.shape
  const outputs = kernel.shape[3]
  const weights = tf.reshape<tf.Rank.R2>(kernel, [inputs, outputs])
  const rows = tf.reshape<tf.Rank.R2>(x, [n * height * width, inputs])
  return tf.reshape(multiplyMatrices(rows, weights), [n, height, width, outputs])
}

/** Every second pixel of every second row, the first of each included. */
function everySecondPixel(x: tf.Tensor4D): tf.Tensor4D {
  return withGradient([x], () => {
    const [n, height, width, channels] = x.shape
    const [rows, columns] = [Math.ceil(height / 2), Math.ceil(width / 2)]
    const even = tf.pad(x, [
      [0, 0],
      [0, 2 * rows - height],
      [0, 2 * columns - width],
      [0, 0],
    ])
    const pairs = tf.reshape(even, [n * rows, 2, columns, 2 * channels])
    const firsts = tf.slice(pairs, [0, 0, 0, 0], [n * rows, 1, columns, channels])
    return {
      value: tf.reshape(firsts, [n, rows, columns, channels]),
      gradient: (dy) => [tf.slice(spreadByTwo(dy as tf.Tensor4D), [0, 0, 0, 0], x.shape)],
    }
  }) as tf.Tensor4D
}

// Differentiated by tfjs itself where it is. Numeric padding of conv2d is not usable: its gradient throws on tfjs-node.
const pad = (x: tf.Tensor4D, by: number): tf.Tensor4D =>
  by === 0
    ? x
    : tf.pad(x, [
        [0, 0],
        [by, by],
        [by, by],
        [0, 0],
      ])

/**
 * The kernel's gradient is itself a convolution: channels of the picture stand for the batch, the batch for channels, and dy,
 * dilated by the stride, for the kernel. Ten times quicker on WASM than a matrix product over patches.
 */
function kernelGradient(dy: tf.Tensor4D, padded: tf.Tensor4D, size: number, stride: number): tf.Tensor4D {
  const [n, height, width] = dy.shape
  const [, , , inputs] = padded.shape
  const reach: Shape4D = [inputs, stride * (height - 1) + size, stride * (width - 1) + size, n]
  const planes = tf.slice(tf.transpose<tf.Tensor4D>(padded, [3, 1, 2, 0]), [0, 0, 0, 0], reach)
  const filter = tf.transpose<tf.Tensor4D>(dy, [1, 2, 0, 3])
  return tf.transpose(tf.conv2d(planes, filter, 1, 'valid', 'NHWC', stride), [1, 2, 0, 3])
}

/** Gradient with respect to the input: dy, spread out by the stride, convolved with the mirrored kernel. */
function inputGradient(dy: tf.Tensor4D, shape: Shape4D, kernel: tf.Tensor4D, stride: number): tf.Tensor4D {
  const mirrored = tf.transpose<tf.Tensor4D>(tf.reverse(kernel, [0, 1]), [0, 1, 3, 2])
  const dx = tf.conv2d(stride === 1 ? dy : spreadByTwo(dy), mirrored, 1, 'same')
  // Spread out, odd sizes come one too long.
  return tf.slice(dx, [0, 0, 0, 0], shape)
}

/** A zero after every pixel in both directions: [n, h, w, c] → [n, 2h, 2w, c]. Padding of rows, which is one copy each. */
function spreadByTwo(x: tf.Tensor4D): tf.Tensor4D {
  const [n, height, width, channels] = x.shape
  const wide = tf.pad(tf.reshape(x, [n * height * width, channels]), [
    [0, 0],
    [0, channels],
  ])
  const row = 2 * width * channels
  const tall = tf.pad(tf.reshape(wide, [n * height, row]), [
    [0, 0],
    [0, row],
  ])
  return tf.reshape(tall, [n, 2 * height, 2 * width, channels])
}
