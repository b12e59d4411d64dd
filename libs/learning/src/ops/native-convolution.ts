import * as tf from '@tensorflow/tfjs'
import { mirrored, padPixels, type Shape4D } from './convolution-gradients.js'
import { runNative, type NativeBackend } from './native-backend.js'

// TensorFlow pads inside its kernels, which saves copies of the pictures. On a GPU that is always the quickest; on a CPU
// oneDNN then falls back to kernels up to ten times slower in some of the backward passes, and those are given padded copies.

type Stride = 1 | 2

/** x ∗ kernel with zero padding k >> 1 on every side. */
export const convolveNatively = (
  native: NativeBackend,
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  stride: Stride,
): tf.Tensor4D => runNative(native, 'Conv2D', [x, kernel], paddedInside(stride, kernel.shape[0] >> 1)) as tf.Tensor4D

/** Gradient with respect to the input of `shape`. */
export function nativeInputGradient(
  native: NativeBackend,
  dy: tf.Tensor4D,
  shape: Shape4D,
  kernel: tf.Tensor4D,
  stride: Stride,
): tf.Tensor4D {
  const rim = kernel.shape[0] >> 1
  const run = (size: Shape4D, attributes: Attributes) =>
    runNative(native, 'Conv2DBackpropInput', [shapeOf(size), kernel, dy], attributes) as tf.Tensor4D
  if (native.isUsingGpuDevice) return run(shape, paddedInside(stride, rim))
  // At full speed forwards, at two thirds of it backwards.
  if (stride === 1) return convolveNatively(native, dy, mirrored(kernel), 1)
  const [n, height, width, channels] = shape
  const padded = run([n, height + 2 * rim, width + 2 * rim, channels], paddedBefore(stride))
  return tf.slice(padded, [0, rim, rim, 0], shape)
}

/** Gradient with respect to the kernel of `shape`. */
export function nativeKernelGradient(
  native: NativeBackend,
  dy: tf.Tensor4D,
  x: tf.Tensor4D,
  shape: Shape4D,
  stride: Stride,
): tf.Tensor4D {
  const rim = shape[0] >> 1
  const run = (image: tf.Tensor4D, attributes: Attributes) =>
    runNative(native, 'Conv2DBackpropFilter', [image, shapeOf(shape), dy], attributes) as tf.Tensor4D
  // Among the smallest pictures the rim is most of a padded copy.
  const isSmall = dy.shape[1] <= 2 * stride
  if (native.isUsingGpuDevice || isSmall) return run(x, paddedInside(stride, rim))
  return run(padPixels(x, rim), paddedBefore(stride))
}

const shapeOf = (shape: Shape4D): tf.Tensor1D => tf.tensor1d(shape, 'int32')

type Attributes = Readonly<Record<string, string | boolean | readonly number[]>>

const common = (stride: Stride) => ({
  strides: [1, stride, stride, 1],
  dilations: [1, 1, 1, 1],
  data_format: 'NHWC',
  use_cudnn_on_gpu: true,
})

const paddedInside = (stride: Stride, rim: number): Attributes => ({
  ...common(stride),
  padding: 'EXPLICIT',
  explicit_paddings: [0, 0, rim, rim, rim, rim, 0, 0],
})

const paddedBefore = (stride: Stride): Attributes => ({ ...common(stride), padding: 'VALID' })
