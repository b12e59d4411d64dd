import * as tf from '@tensorflow/tfjs'
import { withGradient } from './custom-gradient.js'
import { gradientsByConvolutions, gradientsByKernels, padForStride, spreadByTwo } from './convolution-gradients.js'
import { multiplyMatrices } from './multiply-matrices.js'
import { hasKernel } from './native-backend.js'

export interface ConvolutionOptions {
  readonly stride: 1 | 2
  /** False where x is the picture itself: its gradient is never needed and costs as much as a layer. */
  readonly needsInputGradient: boolean
}

/**
 * x: [n, h, w, ci] ∗ kernel: [k, k, ci, co], k odd → [n, ⌈h/stride⌉, ⌈w/stride⌉, co], zero padding k >> 1 on every side as
 * PyTorch pads.
 */
export function convolve(x: tf.Tensor4D, kernel: tf.Tensor4D, options: ConvolutionOptions): tf.Tensor4D {
  const { stride, needsInputGradient } = options
  const size = kernel.shape[0]
  if (size === 1) return multiplyPixels(stride === 1 ? x : everySecondPixel(x), kernel)
  const backward = hasKernel('Conv2DBackpropFilter') ? gradientsByKernels : gradientsByConvolutions
  return withGradient(needsInputGradient ? [x, kernel] : [kernel], (save) => {
    save([x, kernel])
    return {
      value: tf.conv2d(padForStride(x, size, stride), kernel, stride, stride === 1 ? 'same' : 'valid'),
      gradient: (dy, saved) => {
        const [image, filter] = saved as [tf.Tensor4D, tf.Tensor4D]
        const { dx, dKernel } = backward(dy as tf.Tensor4D, image, filter, stride)
        return needsInputGradient ? [dx(), dKernel] : [dKernel]
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
    const isEven = height % 2 === 0 && width % 2 === 0
    const even = isEven
      ? x
      : tf.pad(x, [
          [0, 0],
          [0, 2 * rows - height],
          [0, 2 * columns - width],
          [0, 0],
        ])
    const pairs = tf.reshape(even, [n * rows, 2, columns, 2 * channels])
    const firsts = tf.slice(pairs, [0, 0, 0, 0], [n * rows, 1, columns, channels])
    return {
      value: tf.reshape(firsts, [n, rows, columns, channels]),
      gradient: (dy) => {
        const spread = spreadByTwo(dy as tf.Tensor4D)
        return [isEven ? spread : tf.slice(spread, [0, 0, 0, 0], x.shape)]
      },
    }
  }) as tf.Tensor4D
}
