import { randomStream } from '@lethe/domain'
import { openDevice } from '@lethe/device'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { ntXent, ntXentRows } from './nt-xent.js'

beforeAll(() => openDevice({ backend: 'cpu' }))

function matrix(n: number, d: number, seed: number): number[][] {
  const random = randomStream(seed)
  return Array.from({ length: n }, () => Array.from({ length: d }, () => 2 * random() - 1))
}

const cosine = (a: number[], b: number[]) =>
  a.reduce((sum, value, k) => sum + value * (b[k] as number), 0) / (Math.hypot(...a) * Math.hypot(...b))

/** The definition, row by row and pair by pair. */
function naiveRows(z0: number[][], z1: number[][], temperature: number): number[] {
  const rows = [...z0, ...z1]
  const n = z0.length
  return rows.map((row, i) => {
    const exponentials = rows.map((other, k) => (k === i ? 0 : Math.exp(cosine(row, other) / temperature)))
    const positive = rows[(i + n) % (2 * n)] as number[]
    return -cosine(row, positive) / temperature + Math.log(exponentials.reduce((sum, value) => sum + value, 0))
  })
}

describe('NT-Xent', () => {
  it.each([2, 3, 8, 17])('is log(2n − 1) for %i samples whose embeddings are all equal, at any temperature', (n) => {
    for (const temperature of [0.05, 0.5, 2]) {
      const z = tf.ones<tf.Rank.R2>([n, 5])
      expect(ntXent(z, z, temperature).dataSync()[0]).toBeCloseTo(Math.log(2 * n - 1), 5)
    }
  })

  const grid = [2, 5, 9].flatMap((n) => [2, 16].flatMap((d) => [0.1, 0.5, 1.5].map((t) => [n, d, t] as const)))
  it.each(grid)('agrees with a double loop for n = %i, d = %i, τ = %d', (n, d, temperature) => {
    const [z0, z1] = [matrix(n, d, 1), matrix(n, d, 2)]
    const expected = naiveRows(z0, z1, temperature)
    const actual = ntXentRows(tf.tensor2d(z0), tf.tensor2d(z1), temperature).dataSync()
    expected.forEach((value, row) => expect(actual[row]).toBeCloseTo(value, 4))
  })

  it('does not depend on the length of embeddings', () => {
    const [z0, z1] = [tf.tensor2d(matrix(4, 6, 1)), tf.tensor2d(matrix(4, 6, 2))]
    const scaled = ntXent(tf.mul(z0, 1000), tf.mul(z1, 0.001), 0.1).dataSync()[0]
    expect(scaled).toBeCloseTo(ntXent(z0, z1, 0.1).dataSync()[0] as number, 4)
  })

  it('has a finite gradient where an embedding is zero', () => {
    const z0 = tf.tensor2d([[0, 0, 0], [1, 2, 3]]) // prettier-ignore
    const gradients = tf.grads((a, b) => ntXent(a as tf.Tensor2D, b as tf.Tensor2D, 0.5))([z0, tf.zeros([2, 3])])
    for (const gradient of gradients) expect(gradient.dataSync().every(Number.isFinite)).toBe(true)
  })

  it('leaves no tensor behind', () => {
    const z = [tf.tensor2d(matrix(4, 6, 1)), tf.tensor2d(matrix(4, 6, 2))]
    const before = tf.memory().numTensors
    tf.dispose(tf.valueAndGrads((a, b) => ntXent(a as tf.Tensor2D, b as tf.Tensor2D, 0.5))(z))
    tf.tidy(() => {
      ntXent(z[0] as tf.Tensor2D, z[1] as tf.Tensor2D, 0.5)
    })
    const { value, grads } = tf.valueAndGrads((a, b) => ntXent(a as tf.Tensor2D, b as tf.Tensor2D, 0.5))(z)
    tf.dispose([value, ...grads])
    expect(tf.memory().numTensors).toBe(before)
  })
})
