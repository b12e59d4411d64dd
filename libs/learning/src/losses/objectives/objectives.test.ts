import { openDevice } from '@lethe/device'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { matrix } from '../naive-losses.fixture.js'
import { alignmentCalibration } from './alignment-calibration.js'
import { negGrad } from './neg-grad.js'

beforeAll(() => openDevice({ backend: 'cpu' }))

/** Rows of two blocks of four samples, and cosines of the samples to be forgotten among them. */
const rows = matrix(1, 8, 1)[0] as number[]
const cosines = matrix(1, 4, 2)[0] as number[]
const cosinesOf = (mask: number[]) => {
  const forgotten = cosines.filter((_, i) => mask[i] === 1)
  return forgotten.length === 0 ? null : tf.tensor1d(forgotten)
}
const weighted = (weights: number[]) => rows.reduce((sum, row, i) => sum + row * (weights[i] as number), 0)

describe('alignmentCalibration', () => {
  const loss = (mask: number[], alpha: number, beta: number) =>
    alignmentCalibration(tf.tensor1d(rows), tf.tensor1d(mask), cosinesOf(mask), {
      alpha,
      beta,
      forgetCount: 10,
      trainCount: 40,
    }).dataSync()[0] as number

  it('weighs the rows of forget samples in every block, not neighbouring rows', () => {
    expect(loss([0, 1, 0, 0], 3, 0)).toBeCloseTo(weighted([1, 3, 1, 1, 1, 3, 1, 1]) / 12, 5)
    expect(loss([0, 1, 0, 0], 3, 0)).not.toBeCloseTo(weighted([1, 1, 3, 3, 1, 1, 1, 1]) / 12, 2)
  })

  it('is the mean of the rows where α is 1 and β is 0', () => {
    expect(loss([0, 1, 1, 0], 1, 0)).toBeCloseTo(weighted(new Array<number>(8).fill(1)) / 8, 5)
  })

  it('adds β·|D_u|/|D| times the mean cosine of forget samples, and nothing where the batch has none', () => {
    const forgotten = ((cosines[1] as number) + (cosines[2] as number)) / 2
    expect(loss([0, 1, 1, 0], 1, 8) - loss([0, 1, 1, 0], 1, 0)).toBeCloseTo((8 * 10 * forgotten) / 40, 5)
    expect(loss([0, 0, 0, 0], 1, 8)).toBe(loss([0, 0, 0, 0], 1, 0))
  })

  it('has a finite gradient in a batch without a forget sample, and one without a retain sample', () => {
    for (const mask of [
      [0, 0, 0, 0],
      [1, 1, 1, 1],
    ]) {
      const similarity = cosinesOf(mask)
      const options = { alpha: 0.5, beta: 8, forgetCount: 10, trainCount: 40 }
      const inputs = [tf.tensor1d(rows), ...(similarity === null ? [] : [similarity])]
      const gradients = tf.grads((r, c?: tf.Tensor) =>
        alignmentCalibration(r as tf.Tensor1D, tf.tensor1d(mask), (c ?? null) as tf.Tensor1D | null, options),
      )(inputs)
      for (const gradient of gradients) expect(gradient.dataSync().every(Number.isFinite)).toBe(true)
    }
  })
})

describe('negGrad', () => {
  it('turns the sign of forget samples in every block, and divides by all rows', () => {
    const loss = negGrad(tf.tensor1d(rows), tf.tensor1d([0, 1, 0, 1])).dataSync()[0]
    expect(loss).toBeCloseTo(weighted([1, -1, 1, -1, 1, -1, 1, -1]) / 8, 5)
  })

  it('takes rows of one block as well', () => {
    const loss = negGrad(tf.tensor1d(rows.slice(0, 4)), tf.tensor1d([1, 0, 0, 0])).dataSync()[0]
    expect(loss).toBeCloseTo(
      (-(rows[0] as number) + (rows[1] as number) + (rows[2] as number) + (rows[3] as number)) / 4,
      5,
    )
  })
})
