import { openDevice } from '@lethe/device'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { clipLoss, clipRows } from './clip-loss.js'
import { mocoInfoNceRows } from './moco-info-nce.js'
import {
  finiteDifferences,
  matrix,
  mean,
  naiveClipRows,
  naiveMocoRows,
  naiveNtXentRows,
  relativeError,
  unitMatrix,
  type Rows,
} from './naive-losses.fixture.js'
import { ntXent, ntXentRows } from './nt-xent.js'

beforeAll(() => openDevice({ backend: 'cpu' }))

type Tensors = [tf.Tensor2D, tf.Tensor2D]

interface LossCase {
  readonly name: string
  readonly rows: (z: Tensors, temperature: number) => tf.Tensor1D
  readonly naive: (a: Rows, b: Rows, temperature: number) => number[]
  /** How many of the two inputs a gradient reaches. */
  readonly inputs: 1 | 2
}

const queueOf = (d: number) => unitMatrix(7, d, 9)
const widthOf = ([row]: Rows) => (row as readonly number[]).length

const losses: LossCase[] = [
  {
    name: 'NT-Xent',
    rows: ([z0, z1], temperature) => ntXentRows(z0, z1, temperature),
    naive: naiveNtXentRows,
    inputs: 2,
  },
  {
    name: 'InfoNCE against a queue',
    rows: ([q, keys], temperature) => mocoInfoNceRows(q, keys, tf.tensor2d(queueOf(q.shape[1])), temperature),
    naive: (q, keys, temperature) => naiveMocoRows(q, keys, queueOf(widthOf(q)), temperature),
    inputs: 1,
  },
  {
    name: 'cross-entropy over pairs',
    rows: ([image, text], temperature) => clipRows(image, text, tf.scalar(Math.log(1 / temperature))),
    naive: (image, text, temperature) => naiveClipRows(image, text, Math.log(1 / temperature)),
    inputs: 2,
  },
]

const grid = [2, 5, 9].flatMap((n) => [2, 16].flatMap((d) => [0.1, 0.5, 1.5].map((t) => [n, d, t] as const)))

describe.each(losses)('$name', ({ rows, naive, inputs }) => {
  /** Mean loss with its gradients with respect to the inputs that have one. */
  const differentiate = (z: Tensors, temperature: number) =>
    tf.valueAndGrads((...own) => {
      const [a, b = z[1]] = own as tf.Tensor2D[]
      return tf.mean<tf.Scalar>(rows([a as tf.Tensor2D, b], temperature))
    })(z.slice(0, inputs))

  it.each(grid)('agrees with a double loop, and its gradient with differences: n = %i, d = %i, τ = %d', (n, d, t) => {
    const [a, b] = [matrix(n, d, 1), matrix(n, d, 2)]
    const z: Tensors = [tf.tensor2d(a), tf.tensor2d(b)]
    // A row is the difference of two numbers of the size of 1/τ, and no nearer in float32 than they are.
    expect(relativeError(rows(z, t).dataSync(), naive(a, b, t), 1 / t)).toBeLessThan(1e-6)
    differentiate(z, t).grads.forEach((gradient, position) => {
      const expected = finiteDifferences((x, y) => mean(naive(x, y, t)), [a, b], position)
      expect(relativeError(gradient.dataSync(), expected, 1e-3 / t)).toBeLessThan(1e-4)
    })
  })

  it('does not depend on the length of embeddings', () => {
    const [a, b] = [tf.tensor2d(matrix(4, 6, 1)), tf.tensor2d(matrix(4, 6, 2))]
    const scaled = rows([tf.mul(a, 1000), tf.mul(b, 0.001)], 0.1).dataSync()
    expect(relativeError(scaled, Array.from(rows([a, b], 0.1).dataSync()))).toBeLessThan(1e-4)
  })

  it('has a finite value and gradient where embeddings are zero', () => {
    const { value, grads } = differentiate([tf.tensor2d([0, 0, 0, 1, 2, 3], [2, 3]), tf.zeros([2, 3])], 0.5)
    for (const tensor of [value, ...grads]) expect(tensor.dataSync().every(Number.isFinite)).toBe(true)
  })

  it('leaves no tensor behind', () => {
    const z: Tensors = [tf.tensor2d(matrix(4, 6, 1)), tf.tensor2d(matrix(4, 6, 2))]
    const before = tf.memory().numTensors
    const { value, grads } = tf.tidy(() => differentiate(z, 0.5))
    tf.dispose([value, ...grads])
    expect(tf.memory().numTensors).toBe(before)
  })
})

describe('NT-Xent', () => {
  it.each([2, 3, 8, 17])('is log(2n − 1) for %i samples whose embeddings are all equal, at any temperature', (n) => {
    for (const temperature of [0.05, 0.5, 2]) {
      const z = tf.ones<tf.Rank.R2>([n, 5])
      expect(ntXent(z, z, temperature).dataSync()[0]).toBeCloseTo(Math.log(2 * n - 1), 5)
    }
  })
})

describe('InfoNCE against a queue', () => {
  it('is log(1 + K) where queries, keys and queue are all equal', () => {
    const z = tf.ones<tf.Rank.R2>([3, 4])
    const queue = tf.fill<tf.Rank.R2>([12, 4], 0.5)
    for (const value of mocoInfoNceRows(z, z, queue, 0.1).dataSync()) expect(value).toBeCloseTo(Math.log(13), 5)
  })
})

describe('cross-entropy over pairs', () => {
  const [image, text] = [matrix(5, 4, 1), matrix(5, 4, 2)]
  const scaleGradient = (scale: number, texts: Rows = text) =>
    tf
      .grad((s) => clipLoss(tf.tensor2d(image), tf.tensor2d(texts as number[][]), s.asScalar()))(tf.scalar(scale))
      .dataSync()[0]

  it('is log n where all pictures and texts are equal', () => {
    const z = tf.ones<tf.Rank.R2>([7, 4])
    expect(clipLoss(z, z, tf.scalar(2)).dataSync()[0]).toBeCloseTo(Math.log(7), 5)
  })

  it('differentiates the scale', () => {
    const at = (scale: number) => mean(naiveClipRows(image, text, scale))
    expect(scaleGradient(1.5)).toBeCloseTo((at(1.5 + 1e-5) - at(1.5 - 1e-5)) / 2e-5, 4)
  })

  it('never scales by more than 100; beyond that a gradient leads only back', () => {
    const value = (scale: number) => clipLoss(tf.tensor2d(image), tf.tensor2d(text), tf.scalar(scale)).dataSync()[0]
    expect(value(6)).toBe(value(Math.log(100)))
    // Wrong pairs want a smaller scale: the gradient is positive, and stays.
    expect(scaleGradient(6)).toBeGreaterThan(0)
    // Right pairs that are not yet certain want a larger one.
    const near = image.map((row, i) => row.map((value, k) => value + 0.7 * ((text[i] as number[])[k] as number)))
    const inside = Math.log(4)
    expect(scaleGradient(inside, near)).toBeLessThan(0)
  })
})
