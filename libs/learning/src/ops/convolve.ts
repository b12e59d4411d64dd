import * as tf from '@tensorflow/tfjs'
import { withGradient } from './custom-gradient.js'
import { hasKernel } from './native-backend.js'

export interface ConvolutionOptions {
  readonly stride: 1 | 2
  /** False where x is the picture itself: its gradient is never needed and costs as much as a layer. */
  readonly needsInputGradient: boolean
}

/**
 * x: [n, h, w, ci] ∗ kernel: [k, k, ci, co] → [n, ⌈h/stride⌉, ⌈w/stride⌉, co], zero padding k >> 1 on every side as PyTorch
 * pads. Where the backend lacks Conv2DBackpropFilter (WASM) the gradient is composed of matrix products.
 */
export function convolve(x: tf.Tensor4D, kernel: tf.Tensor4D, options: ConvolutionOptions): tf.Tensor4D {
  const { stride, needsInputGradient } = options
  const padded = pad(x, kernel.shape[0] >> 1)
  if (hasKernel('Conv2DBackpropFilter')) return tf.conv2d(padded, kernel, stride, 'valid')
  const inputs = needsInputGradient ? [padded, kernel] : [kernel]
  return withGradient(inputs, (save) => {
    save([padded, kernel])
    return {
      value: tf.conv2d(padded, kernel, stride, 'valid'),
      gradient: (dy, saved) => {
        const [image, filter] = saved as [tf.Tensor4D, tf.Tensor4D]
        const dKernel = kernelGradient(dy as tf.Tensor4D, image, filter.shape, stride)
        return needsInputGradient ? [inputGradient(dy as tf.Tensor4D, image.shape, filter, stride), dKernel] : [dKernel]
      },
    }
  }) as tf.Tensor4D
}

// Differentiated by tfjs itself: the gradient of pad is slice, on every backend. Numeric padding of conv2d is not usable:
// its gradient throws on tfjs-node.
const pad = (x: tf.Tensor4D, by: number): tf.Tensor4D =>
  by === 0
    ? x
    : tf.pad(x, [
        [0, 0],
        [by, by],
        [by, by],
        [0, 0],
      ])

type Shape4D = [number, number, number, number]

/** Σ over pictures and places of patch ⊗ dy, as one matrix product over patches laid out as columns. */
function kernelGradient(dy: tf.Tensor4D, padded: tf.Tensor4D, shape: Shape4D, stride: number): tf.Tensor4D {
  const [n, height, width, outputs] = dy.shape
  const [size, , inputs] = shape
  const patches: tf.Tensor4D[] = []
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++) patches.push(everyNth(padded, [row, column], [height, width], stride))
  const columns = tf.reshape(tf.concat(patches, 3), [n * height * width, size * size * inputs])
  const product = tf.matMul(tf.transpose(tf.reshape(dy, [-1, outputs])), columns)
  return tf.reshape(tf.transpose(product), shape)
}

type Pair = readonly [number, number]

function everyNth(x: tf.Tensor4D, [top, left]: Pair, [height, width]: Pair, step: number): tf.Tensor4D {
  const [n, , , channels] = x.shape
  const begin = [0, top, left, 0]
  if (step === 1) return tf.slice(x, begin, [n, height, width, channels])
  const end = [n, top + step * (height - 1) + 1, left + step * (width - 1) + 1, channels]
  return tf.stridedSlice(x, begin, end, [1, step, step, 1]).as4D(n, height, width, channels)
}

/** Gradient with respect to the padded input: dy, spread out by the stride, convolved with the mirrored kernel. */
function inputGradient(dy: tf.Tensor4D, shape: Shape4D, kernel: tf.Tensor4D, stride: number): tf.Tensor4D {
  const [, height, width] = shape
  const size = kernel.shape[0]
  const mirrored = tf.transpose<tf.Tensor4D>(tf.reverse(kernel, [0, 1]), [0, 1, 3, 2])
  const spread = stride === 1 ? dy : spreadByTwo(dy)
  const [, spreadHeight, spreadWidth] = spread.shape
  const rim = size - 1
  const framed = tf.pad(spread, [
    [0, 0],
    [rim, Math.max(0, height - spreadHeight)],
    [rim, Math.max(0, width - spreadWidth)],
    [0, 0],
  ])
  return tf.slice(tf.conv2d(framed, mirrored, 1, 'valid'), [0, 0, 0, 0], shape)
}

/** A zero after every pixel in both directions: [n, h, w, c] → [n, 2h, 2w, c]. */
function spreadByTwo(x: tf.Tensor4D): tf.Tensor4D {
  const [n, height, width, channels] = x.shape
  const wide = tf.reshape(tf.concat([x, tf.zerosLike(x)], 3), [n, height, 1, 2 * width * channels])
  return tf.reshape(tf.concat([wide, tf.zerosLike(wide)], 2), [n, 2 * height, 2 * width, channels])
}
