import { randomStream } from '@lethe/domain'
import { openDevice } from '@lethe/device'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { testBackends } from '../testing/open-test-backends.js'
import { convolve } from './convolve.js'
import { withGradient } from './custom-gradient.js'
import { sumRows } from './matrix-kernels.js'
import { normalizeBatch, normalizeByStatistics } from './normalize-batch.js'
import { operationCases, type OperationCase } from './operation-cases.fixture.js'
import { standardizePixels } from './standardize-pixels.js'

function values(shape: readonly number[], seed: number): Float32Array {
  const random = randomStream(seed)
  return Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, () => 2 * random() - 1)
}

/** Value and gradients of Σ y·sin(k), which no symmetry hides. */
function evaluate(operation: OperationCase['own'], shapes: OperationCase['shapes']): number[][] {
  return tf.tidy(() => {
    const inputs = shapes.map((shape, index) => tf.tensor(values(shape, index + 1), [...shape]))
    const scalar = (...args: tf.Tensor[]) => {
      const y = operation(...args)
      return tf.sum(tf.mul(tf.reshape(y, [-1]), tf.sin(tf.range(0, y.size)))).asScalar()
    }
    const { value, grads } = tf.valueAndGrads(scalar)(inputs)
    return [value, ...grads].map((tensor) => Array.from(tensor.dataSync()))
  })
}

function expectClose(actual: readonly ArrayLike<number>[], expected: readonly (readonly number[])[]): void {
  expect(actual.length).toBe(expected.length)
  expected.forEach((part, index) => {
    const own = Array.from(actual[index] as ArrayLike<number>)
    expect(own.length).toBe(part.length)
    const error = Math.hypot(...part.map((value, k) => (own[k] as number) - value))
    expect(error).toBeLessThan(1e-5 * Math.max(1e-2, Math.hypot(...part)))
  })
}

const ignore = () => undefined

const references = new Map<string, number[][]>()
beforeAll(async () => {
  await openDevice({ backend: 'cpu' })
  for (const { name, plain, shapes } of operationCases) references.set(name, evaluate(plain, shapes))
})

describe.each(await testBackends())('training operations on $name', ({ open, reason }) => {
  if (open === null) {
    it(`nothing is checked: ${reason}`, () => expect(reason).not.toBe(''))
    return
  }
  beforeAll(open)

  it.each(operationCases)(
    '$name: value and gradients are those of plain operations, and no tensor stays behind',
    ({ name, own, shapes }) => {
      const tensors = tf.memory().numTensors
      expectClose(evaluate(own, shapes), references.get(name) as number[][])
      expect(tf.memory().numTensors).toBe(tensors)
    },
  )

  it('convolve on a picture gives the kernel the same gradient without the picture its own', () => {
    const x = tf.tensor4d(values([2, 6, 6, 3], 1), [2, 6, 6, 3])
    const gradient = (needsInputGradient: boolean) =>
      evaluate((w) => convolve(x, w as tf.Tensor4D, { stride: 2, needsInputGradient }), [[3, 3, 3, 5]])
    expectClose(gradient(false), gradient(true))
    x.dispose()
  })

  it('normalizeBatch reports the mean and the unbiased variance', () => {
    const rows = [[1, 10], [2, 20], [6, 60]] // prettier-ignore
    let reported: number[][] = []
    tf.tidy(() => {
      normalizeBatch(tf.tensor2d(rows), tf.ones([2]), tf.zeros([2]), (...moments) => {
        reported = moments.map((moment) => Array.from(moment.dataSync()))
        tf.dispose(moments)
      })
    })
    expectClose(reported, [[3, 30], [7, 700]]) // prettier-ignore
  })

  it('normalizeByStatistics is the same map where the statistics are the batch’s own', () => {
    tf.tidy(() => {
      const x = tf.tensor2d(values([9, 4], 1), [9, 4])
      const { mean, variance } = tf.moments(x, 0)
      const [gamma, beta] = [tf.tensor1d(values([4], 2)), tf.tensor1d(values([4], 3))]
      const expected = normalizeBatch(x, gamma, beta, ignore).dataSync()
      expectClose([normalizeByStatistics(x, gamma, beta, mean, variance).dataSync()], [Array.from(expected)])
    })
  })

  it('standardizePixels treats each channel by its own mean and deviation', () => {
    tf.tidy(() => {
      const x = tf.tensor4d(values([2, 3, 2, 3], 1), [2, 3, 2, 3])
      const expected = tf.div(tf.sub(x, [0.1, 0.2, 0.3]), [1, 2, 4])
      expectClose([standardizePixels(x, [0.1, 0.2, 0.3], [1, 2, 4]).dataSync()], [Array.from(expected.dataSync())])
    })
  })

  it.each([1, 6, 49, 4096, 12_288])('sumRows adds up %i rows without losing digits', (rows) => {
    tf.tidy(() => {
      const data = values([rows, 3], 5).map((value) => value + 2)
      const expected = [0, 1, 2].map((column) =>
        data.reduce((sum, value, k) => (k % 3 === column ? sum + value : sum), 0),
      )
      expectClose([sumRows(tf.tensor2d(data, [rows, 3])).dataSync()], [expected])
    })
  })

  it('withGradient lets go of sums of gradients, and never of what a caller gave', () => {
    const twice = (x: tf.Tensor) =>
      withGradient([x], (save) => {
        save([x])
        return { value: tf.mul(x, 2), gradient: (dy) => [dy] }
      })
    const [x, dy] = [tf.tensor1d([1, 2]), tf.tensor1d([3, 4])]
    const gradient = tf.grad((input) => twice(twice(input)))(x, dy)
    expect(Array.from(gradient.dataSync())).toEqual([3, 4])
    expect([x, dy].map((tensor) => tensor.isDisposed)).toEqual([false, false])
    const inTidy = tf.tidy(() => {
      const own = tf.tensor1d([5, 6])
      const result = tf.grad(twice)(x, own)
      expect(own.isDisposed).toBe(false)
      return result
    })
    expect(Array.from(inTidy.dataSync())).toEqual([5, 6])
    tf.dispose([x, dy, gradient, inTidy])
  })
})
