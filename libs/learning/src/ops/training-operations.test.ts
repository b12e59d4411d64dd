import { randomStream } from '@lethe/domain'
import { openDevice } from '@lethe/device'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { averagePixels } from './average-pixels.js'
import { convolve } from './convolve.js'
import { logSumExpRows } from './log-sum-exp-rows.js'
import { multiplyMatrices } from './multiply-matrices.js'
import { BATCH_NORM_EPSILON, normalizeBatch, normalizeByStatistics } from './normalize-batch.js'
import { normalizeRows } from './normalize-rows.js'
import { rectify } from './rectify.js'

function values(shape: number[], seed: number): Float32Array {
  const random = randomStream(seed)
  return Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, () => 2 * random() - 1)
}

type Operation = (...inputs: tf.Tensor[]) => tf.Tensor

/** Value and gradients of Σ y·sin(k), which no symmetry hides. */
function evaluate(operation: Operation, shapes: number[][]): number[][] {
  return tf.tidy(() => {
    const inputs = shapes.map((shape, index) => tf.tensor(values(shape, index + 1), shape))
    const scalar = (...args: tf.Tensor[]) => {
      const y = operation(...args)
      return tf.sum(tf.mul(tf.reshape(y, [-1]), tf.sin(tf.range(0, y.size)))).asScalar()
    }
    const { value, grads } = tf.valueAndGrads(scalar)(inputs)
    return [value, ...grads].map((tensor) => Array.from(tensor.dataSync()))
  })
}

function expectClose(actual: number[][], expected: number[][]): void {
  expect(actual.length).toBe(expected.length)
  expected.forEach((part, index) => {
    const error = Math.hypot(...part.map((value, k) => ((actual[index] as number[])[k] as number) - value))
    expect(error / Math.hypot(...part)).toBeLessThan(1e-5)
  })
}

const ignore = () => undefined
const padded = (x: tf.Tensor) => tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]]) as tf.Tensor4D // prettier-ignore

const plainBatchNorm: Operation = (x, gamma, beta) => {
  const { mean, variance } = tf.moments(x, x?.rank === 4 ? [0, 1, 2] : [0])
  const standard = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, BATCH_NORM_EPSILON)))
  return tf.add(tf.mul(standard, gamma), beta)
}

const ownBatchNorm: Operation = (x, gamma, beta) =>
  normalizeBatch(x, gamma as tf.Tensor1D, beta as tf.Tensor1D, (...moments) => tf.dispose(moments))

const convolution =
  (stride: 1 | 2, needsInputGradient = true): Operation =>
  (x, w) =>
    convolve(x as tf.Tensor4D, w as tf.Tensor4D, { stride, needsInputGradient })

/** Ours, the same composed of tfjs's own differentiable operations, input shapes. */
const operations: [string, Operation, Operation, number[][]][] = [
  ...([1, 2] as const).flatMap((stride) =>
    [
      [2, 6, 6, 3],
      [2, 8, 4, 3],
      [2, 5, 7, 3],
    ].map((shape): [string, Operation, Operation, number[][]] => [
      // prettier-ignore
      `convolve, stride ${stride}, ${shape.join('×')}`,
      convolution(stride),
      (x, w) => tf.conv2d(padded(x), w as tf.Tensor4D, stride, 'valid'),
      [shape, [3, 3, 3, 5]],
    ]),
  ),
  ['convolve, 1×1', convolution(1), (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'valid'), [[2, 4, 4, 3], [1, 1, 3, 5]]], // prettier-ignore
  ['normalizeBatch of pictures', ownBatchNorm, plainBatchNorm, [[3, 4, 4, 5], [5], [5]]],
  ['normalizeBatch of rows', ownBatchNorm, plainBatchNorm, [[7, 5], [5], [5]]],
  ['rectify', (x) => rectify(x), (x) => tf.relu(x), [[4, 9]]],
  ['averagePixels', (x) => averagePixels(x as tf.Tensor4D), (x) => tf.mean(x, [1, 2]), [[2, 3, 5, 4]]],
  ['logSumExpRows', (x) => logSumExpRows(x as tf.Tensor2D), (x) => tf.logSumExp(x, 1), [[4, 9]]],
  ['normalizeRows', (x) => normalizeRows(x as tf.Tensor2D), (x) => tf.div(x, tf.norm(x, 2, 1, true)), [[4, 9]]], // prettier-ignore
  ['multiplyMatrices, wide', (a, b) => multiplyMatrices(a as tf.Tensor2D, b as tf.Tensor2D), (a, b) => tf.matMul(a, b), [[4, 3], [3, 7]]], // prettier-ignore
  ['multiplyMatrices, narrow', (a, b) => multiplyMatrices(a as tf.Tensor2D, b as tf.Tensor2D), (a, b) => tf.matMul(a, b), [[4, 7], [7, 3]]], // prettier-ignore
]

describe('training operations', () => {
  const references = new Map<string, number[][]>()
  beforeAll(async () => {
    await openDevice({ backend: 'cpu' })
    for (const [name, , reference, shapes] of operations) references.set(name, evaluate(reference, shapes))
  })

  describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
    beforeAll(() => openDevice({ backend }))

    it.each(operations)('%s: value and gradients are those of plain operations', (name, operation, _, shapes) => {
      expectClose(evaluate(operation, shapes), references.get(name) as number[][])
    })

    it('convolve on a picture gives the kernel the same gradient without the picture its own', () => {
      const x = tf.tensor4d(values([2, 6, 6, 3], 1), [2, 6, 6, 3])
      const both = evaluate((w) => convolution(2)(x, w), [[3, 3, 3, 5]])
      expectClose(
        evaluate((w) => convolution(2, false)(x, w), [[3, 3, 3, 5]]),
        both,
      )
    })

    it('normalizeBatch reports the mean and the unbiased variance', () => {
      const rows = [[1, 10], [2, 20], [6, 60]] // prettier-ignore
      let reported: number[][] = []
      normalizeBatch(tf.tensor2d(rows), tf.ones([2]), tf.zeros([2]), (...moments) => {
        reported = moments.map((moment) => Array.from(moment.dataSync()))
        tf.dispose(moments)
      })
      expectClose(reported, [[3, 30], [7, 700]]) // prettier-ignore
    })

    it('normalizeByStatistics is the same map where the statistics are the batch’s own', () => {
      const x = tf.tensor2d(values([9, 4], 1), [9, 4])
      const { mean, variance } = tf.moments(x, 0)
      const [gamma, beta] = [tf.tensor1d(values([4], 2)), tf.tensor1d(values([4], 3))]
      const expected = normalizeBatch(x, gamma, beta, ignore).dataSync()
      expectClose(
        [Array.from(normalizeByStatistics(x, gamma, beta, mean, variance).dataSync())],
        [Array.from(expected)],
      )
    })
  })
})
