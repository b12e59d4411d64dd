import * as tf from '@tensorflow/tfjs'

type Shape4D = [number, number, number, number]

export interface ConvolutionGradients {
  readonly dx: () => tf.Tensor4D
  readonly dKernel: tf.Tensor4D
}

/**
 * For stride 1 padding is left to the kernels ('same'), which saves copies and is quickest. For stride 2 TensorFlow's 'same'
 * pads other sides than PyTorch: zeros are added, `size >> 1` above and left, and as many as are read below and right. (Its
 * explicit padding is no choice: on a CPU it goes through a kernel of oneDNN that a signal to the process can bring down.)
 */
export function padForStride(x: tf.Tensor4D, size: number, stride: 1 | 2): tf.Tensor4D {
  if (stride === 1) return x
  const rim = size >> 1
  const behind = (length: number) => 2 * (Math.ceil(length / 2) - 1) + size - length - rim
  return tf.pad(x, [
    [0, 0],
    [rim, behind(x.shape[1])],
    [rim, behind(x.shape[2])],
    [0, 0],
  ])
}

/** With the backend's own kernels. */
export function gradientsByKernels(
  dy: tf.Tensor4D,
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  stride: 1 | 2,
): ConvolutionGradients {
  const [size] = kernel.shape
  const padded = padForStride(x, size, stride)
  const common = { strides: stride, pad: stride === 1 ? 'same' : 'valid', dataFormat: 'NHWC' }
  const run = (name: string, inputs: tf.NamedTensorMap, attributes: Partial<Record<string, unknown>>) =>
    tf.engine().runKernel<tf.Tensor4D>(name, inputs, { ...common, ...attributes })
  return {
    dx: () => {
      const whole = run('Conv2DBackpropInput', { dy, filter: kernel }, { inputShape: padded.shape })
      return stride === 1 ? whole : tf.slice(whole, [0, size >> 1, size >> 1, 0], x.shape)
    },
    dKernel: run('Conv2DBackpropFilter', { x: padded, dy }, { filterShape: kernel.shape }),
  }
}

/** Made of convolutions, for backends without Conv2DBackpropFilter (WASM). */
export function gradientsByConvolutions(
  dy: tf.Tensor4D,
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  stride: 1 | 2,
): ConvolutionGradients {
  const [size] = kernel.shape
  const rim = size >> 1
  const padded =
    stride === 2
      ? padForStride(x, size, 2)
      : tf.pad<tf.Tensor4D>(x, [
          [0, 0],
          [rim, rim],
          [rim, rim],
          [0, 0],
        ])
  return {
    dx: () => inputGradient(dy, x.shape, kernel, stride),
    dKernel: kernelGradient(dy, padded, stride),
  }
}

/** The kernel that carries a gradient back through a convolution of stride 1: mirrored, inputs and outputs exchanged. */
const mirrored = (kernel: tf.Tensor4D): tf.Tensor4D => tf.transpose(tf.reverse(kernel, [0, 1]), [0, 1, 3, 2])

/**
 * The kernel's gradient is itself a convolution: channels of the picture stand for the batch, the batch for channels, and dy,
 * dilated by the stride, for the kernel. Ten times quicker on WASM than a matrix product over patches.
 */
function kernelGradient(dy: tf.Tensor4D, padded: tf.Tensor4D, stride: number): tf.Tensor4D {
  const planes = tf.transpose<tf.Tensor4D>(padded, [3, 1, 2, 0])
  const filter = tf.transpose<tf.Tensor4D>(dy, [1, 2, 0, 3])
  return tf.transpose(tf.conv2d(planes, filter, 1, 'valid', 'NHWC', stride), [1, 2, 0, 3])
}

/** Gradient with respect to the input of `shape`. */
function inputGradient(dy: tf.Tensor4D, shape: Shape4D, kernel: tf.Tensor4D, stride: number): tf.Tensor4D {
  if (stride === 1) return tf.conv2d(dy, mirrored(kernel), 1, 'same')
  const dx = kernel.shape[0] === 3 ? fourPhases(dy, kernel) : tf.conv2d(spreadByTwo(dy), mirrored(kernel), 1, 'same')
  // Odd sizes come one too long.
  return dx.shape[1] === shape[1] && dx.shape[2] === shape[2] ? dx : tf.slice(dx, [0, 0, 0, 0], shape)
}

/** Row of a kernel 3×3 that carries dy's row i + u to row 2i + a of the input, by [a][u]; null where none does. */
const ROWS = [
  [1, null],
  [2, 0],
] as const

/**
 * Gradient of stride 2 and a kernel 3×3 with respect to the input: [n, h, w, co] → [n, 2h, 2w, ci]. Even and odd rows and columns
 * are four convolutions of dy by parts of the kernel; as one convolution 2×2 with four times the outputs it takes less than
 * half the work of a convolution of dy spread out with zeros.
 */
function fourPhases(dy: tf.Tensor4D, kernel: tf.Tensor4D): tf.Tensor4D {
  const [n, height, width, outputs] = dy.shape
  const inputs = kernel.shape[2]
  const taps = tf.transpose<tf.Tensor4D>(kernel, [0, 1, 3, 2])
  const none = tf.zeros([outputs, inputs])
  const tap = (row: number | null | undefined, column: number | null | undefined) =>
    typeof row === 'number' && typeof column === 'number'
      ? tf.reshape(tf.slice(taps, [row, column, 0, 0], [1, 1, outputs, inputs]), [outputs, inputs])
      : none
  const bits = [0, 1] as const
  const cells = bits.flatMap((u) =>
    bits.map((v) =>
      tf.concat(
        bits.flatMap((a) => bits.map((b) => tap(ROWS[a][u], ROWS[b][v]))),
        1,
      ),
    ),
  )
  const filter = tf.reshape<tf.Rank.R4>(tf.concat(cells, 0), [2, 2, outputs, 4 * inputs])
  const padded = tf.pad(dy, [
    [0, 0],
    [0, 1],
    [0, 1],
    [0, 0],
  ])
  const phases = tf.reshape(tf.conv2d(padded, filter, 1, 'valid'), [n * height, width, 2, 2 * inputs])
  return tf.reshape(tf.transpose(phases, [0, 2, 1, 3]), [n, 2 * height, 2 * width, inputs])
}

/** A zero after every pixel in both directions: [n, h, w, c] → [n, 2h, 2w, c]. Padding of rows, which is one copy each. */
export function spreadByTwo(x: tf.Tensor4D): tf.Tensor4D {
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
