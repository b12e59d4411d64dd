import * as tf from '@tensorflow/tfjs'
import { averagePixels } from './average-pixels.js'
import { convolve } from './convolve.js'
import { feedForward } from './feed-forward.js'
import { linearLayer } from './linear-layer.js'
import { logSumExpRows } from './log-sum-exp-rows.js'
import { maxPool } from './max-pool.js'
import { multiplyMatrices } from './multiply-matrices.js'
import { BATCH_NORM_EPSILON, normalizeBatch } from './normalize-batch.js'
import { normalizeLayer } from './normalize-layer.js'
import { normalizeRows } from './normalize-rows.js'
import { rectify, rectifySum } from './rectify.js'
import { selfAttention } from './self-attention.js'

type Operation<Inputs extends tf.Tensor[]> = (...inputs: Inputs) => tf.Tensor
type Shapes = readonly (readonly number[])[]

/** An operation of ours, the same composed of tfjs's own differentiable operations, and shapes of inputs for both. */
export interface OperationCase {
  readonly name: string
  readonly own: Operation<tf.Tensor[]>
  readonly plain: Operation<tf.Tensor[]>
  readonly shapes: Shapes
}

/** Inputs are made by the shapes; that these fit the types is for who writes a case to see. */
const operationCase = <Inputs extends tf.Tensor[]>(
  name: string,
  own: Operation<Inputs>,
  plain: Operation<NoInfer<Inputs>>,
  shapes: Shapes,
): OperationCase => ({
  name,
  own: own as unknown as OperationCase['own'],
  plain: plain as unknown as OperationCase['plain'],
  shapes,
})

const paddedBy = (x: tf.Tensor4D, rim: number): tf.Tensor4D =>
  tf.pad(x, [
    [0, 0],
    [rim, rim],
    [rim, rim],
    [0, 0],
  ])

const convolutions = ([1, 3, 7] as const).flatMap((size) =>
  ([1, 2] as const).flatMap((stride) =>
    [
      [2, 8, 8, 3],
      [2, 8, 4, 3],
      [1, 5, 7, 3],
    ].map((shape) =>
      operationCase<[tf.Tensor4D, tf.Tensor4D]>(
        `convolve ${size}×${size}, stride ${stride}, ${shape.join('×')}`,
        (x, w) => convolve(x, w, { stride, needsInputGradient: true }),
        (x, w) => tf.conv2d(paddedBy(x, size >> 1), w, stride, 'valid'),
        [shape, [size, size, 3, 5]],
      ),
    ),
  ),
)

type Normalized = [x: tf.Tensor2D, gamma: tf.Tensor1D, beta: tf.Tensor1D]

function plainBatchNorm(x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor): tf.Tensor {
  const { mean, variance } = tf.moments(x, x.rank === 4 ? [0, 1, 2] : [0])
  const standard = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, BATCH_NORM_EPSILON)))
  return tf.add(tf.mul(standard, gamma), beta)
}

const batchNorm = (name: string, shape: readonly number[]) =>
  operationCase<Normalized>(
    `normalizeBatch of ${name}`,
    (x, gamma, beta) => normalizeBatch(x, gamma, beta, (...moments) => tf.dispose(moments)),
    plainBatchNorm,
    [shape, [5], [5]],
  )

function plainLayerNorm(x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor): tf.Tensor2D {
  const { mean, variance } = tf.moments(x, 1, true)
  return tf.add(tf.mul(tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-5))), gamma), beta)
}

type Sublayer = [
  x: tf.Tensor2D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  kernel: tf.Tensor2D,
  bias: tf.Tensor1D,
  outKernel: tf.Tensor2D,
  outBias: tf.Tensor1D,
]

const plainGelu = (x: tf.Tensor) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1))

const feedForwardCase = operationCase<Sublayer>(
  'feedForward',
  (x, gamma, beta, kernel, bias, outKernel, outBias) =>
    feedForward(x, { gamma, beta, kernel, bias }, { kernel: outKernel, bias: outBias }),
  (x, gamma, beta, kernel, bias, outKernel, outBias) => {
    const hidden = plainGelu(tf.add(tf.matMul(plainLayerNorm(x, gamma, beta), kernel), bias))
    return tf.add(x, tf.add(tf.matMul(hidden, outKernel), outBias))
  },
  [[7, 6], [6], [6], [6, 24], [24], [24, 6], [6]],
)

const [SAMPLES, LENGTH, HEADS, WIDTH] = [2, 5, 3, 6]

const causal = (): tf.Tensor2D => {
  const seen = tf.linalg.bandPart(tf.ones<tf.Rank.R2>([LENGTH, LENGTH]), -1, 0)
  return tf.mul(tf.sub(1, seen), -1e9)
}

const attention = (isCausal: boolean) =>
  operationCase<Sublayer>(
    `selfAttention, ${isCausal ? 'causal' : 'without a mask'}`,
    (x, gamma, beta, kernel, bias, outKernel, outBias) => {
      const shape = { heads: HEADS, length: LENGTH }
      const outward = { kernel: outKernel, bias: outBias }
      return selfAttention(x, { gamma, beta, kernel, bias }, outward, shape, isCausal ? causal() : null)
    },
    (x, gamma, beta, kernel, bias, outKernel, outBias) => {
      const rows = tf.add(tf.matMul(plainLayerNorm(x, gamma, beta), kernel), bias)
      const all = tf.transpose(tf.reshape(rows, [SAMPLES, LENGTH, 3 * HEADS, WIDTH / HEADS]), [0, 2, 1, 3])
      const [q, k, v] = tf.split(all, 3, 1) as [tf.Tensor, tf.Tensor, tf.Tensor]
      const scores = tf.div(tf.matMul(q, k, false, true), Math.sqrt(WIDTH / HEADS))
      const shares = tf.softmax(isCausal ? tf.add(scores, causal()) : scores)
      const joined = tf.reshape(tf.transpose(tf.matMul(shares, v), [0, 2, 1, 3]), [SAMPLES * LENGTH, WIDTH])
      return tf.add(x, tf.add(tf.matMul(joined, outKernel), outBias))
    },
    [[SAMPLES * LENGTH, WIDTH], [WIDTH], [WIDTH], [WIDTH, 3 * WIDTH], [3 * WIDTH], [WIDTH, WIDTH], [WIDTH]],
  )

const plainProduct = (a: tf.Tensor, b: tf.Tensor) => tf.matMul(a, b)

// Plain JavaScript is the reference, where maxPool has a gradient of its own.
const pool = (shape: readonly number[]) =>
  operationCase<[tf.Tensor4D]>(
    `maxPool of what ReLU gave, ${shape.join('×')}`,
    (x) => maxPool(rectify(x)),
    (x) => tf.maxPool(paddedBy(tf.relu(x), 1), 3, 2, 'valid'),
    [shape],
  )

/** Every operation that has a gradient of its own. */
export const operationCases: readonly OperationCase[] = [
  ...convolutions,
  operationCase('linearLayer', linearLayer, (x, w, b) => tf.add(tf.matMul(x, w), b), [[6, 3], [3, 4], [4]]),
  operationCase('multiplyMatrices, wide', multiplyMatrices, plainProduct, [[4, 3], [3, 7]]), // prettier-ignore
  operationCase('multiplyMatrices, narrow', multiplyMatrices, plainProduct, [[4, 7], [7, 3]]), // prettier-ignore
  operationCase('normalizeLayer', normalizeLayer, plainLayerNorm, [[7, 6], [6], [6]]),
  feedForwardCase,
  attention(false),
  attention(true),
  batchNorm('pictures', [3, 4, 4, 5]),
  batchNorm('rows', [7, 5]),
  operationCase<[tf.Tensor]>('rectify', rectify, (x) => tf.relu(x), [[4, 9]]),
  operationCase<[tf.Tensor, tf.Tensor]>('rectifySum', rectifySum, (a, b) => tf.relu(tf.add(a, b)), [[4, 9], [4, 9]]), // prettier-ignore
  pool([2, 6, 6, 3]),
  pool([1, 7, 4, 2]),
  operationCase('averagePixels', averagePixels, (x) => tf.mean(x, [1, 2]), [[2, 3, 5, 4]]),
  operationCase('logSumExpRows', logSumExpRows, (x) => tf.logSumExp(x, 1), [[4, 9]]),
  operationCase('normalizeRows', normalizeRows, (x) => tf.div(x, tf.norm(x, 2, 1, true)), [[4, 9]]),
]
