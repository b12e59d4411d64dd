import { readFileSync } from 'node:fs'
import { openDevice } from '@lethe/device'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { alignmentCalibrationSimclr } from './alignment-calibration-simclr.js'
import { negGradSimclr } from './neg-grad-simclr.js'
import { ntXent, ntXentRows } from './nt-xent.js'

interface GoldenLoss {
  readonly loss: number
  readonly dz0: number[][]
  readonly dz1: number[][]
  readonly dz2?: number[][] | null
}

interface Golden {
  readonly inputs: { unlearnMask: number[]; forgetCount: number; trainCount: number; simclrTemperature: number }
  readonly ntXentRows: number[]
  readonly [loss: string]: unknown
}

/** Values and gradients of float64 PyTorch on lightly's loss rows; see `about` in the file. */
const golden = JSON.parse(readFileSync(new URL('./fixtures/losses.json', import.meta.url), 'utf8')) as Golden
const { unlearnMask, forgetCount, trainCount, simclrTemperature: temperature } = golden.inputs

const grid = (entry: (i: number, k: number) => number) =>
  tf.tensor2d(Array.from({ length: 6 }, (_, i) => Array.from({ length: 4 }, (_, k) => entry(i, k))))

const inputs = (): [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D] => [
  grid((i, k) => Math.sin(1 + 0.7 * i + 1.3 * k + 0.1 * i * k)),
  grid((i, k) => Math.cos(0.5 + 0.3 * i - 0.9 * k + 0.2 * i * k)),
  grid((i, k) => Math.sin(2 + 0.4 * i + 0.6 * k)),
]

type Loss = (z0: tf.Tensor2D, z1: tf.Tensor2D, z2: tf.Tensor2D) => tf.Scalar

const calibration =
  (alpha: number, beta: number): Loss =>
  (z0, z1, z2) =>
    alignmentCalibrationSimclr(z0, z1, z2, tf.tensor1d(unlearnMask), {
      alpha,
      beta,
      temperature,
      forgetCount,
      trainCount,
    })

const losses: [string, Loss][] = [
  ['ntXent', (z0, z1) => ntXent(z0, z1, temperature)],
  ['negGradSimclr', (z0, z1) => negGradSimclr(z0, z1, tf.tensor1d(unlearnMask), temperature)],
  ['alignmentCalibrationSimclr_alpha1.4_beta0', calibration(1.4, 0)],
  ['alignmentCalibrationSimclr_alpha1.0_beta16', calibration(1, 16)],
  ['alignmentCalibrationSimclr_alpha1.4_beta16', calibration(1.4, 16)],
  ['alignmentCalibrationSimclr_alpha0.6_beta4', calibration(0.6, 4)],
]

/** ‖actual − expected‖ / ‖expected‖ */
function relativeError(actual: ArrayLike<number>, expected: readonly number[]): number {
  const difference = Math.hypot(...expected.map((value, index) => (actual[index] ?? Number.NaN) - value))
  return difference / Math.hypot(...expected)
}

describe.each(['cpu', 'wasm'] as const)('losses on %s', (backend) => {
  beforeAll(() => openDevice({ backend }))

  it.each(losses)('%s agrees with float64 PyTorch to 1e-5, value and gradients', (name, loss) => {
    const expected = golden[name] as GoldenLoss
    const gradients = [expected.dz0, expected.dz1, expected.dz2].filter((gradient) => gradient != null)
    const [z0, z1, z2] = inputs()
    const { value, grads } = tf.valueAndGrads((a, b, c = z2) =>
      loss(a as tf.Tensor2D, b as tf.Tensor2D, c as tf.Tensor2D),
    )([z0, z1, z2].slice(0, gradients.length))
    expect(relativeError(value.dataSync(), [expected.loss])).toBeLessThan(1e-5)
    gradients.forEach((gradient, index) => {
      expect(relativeError((grads[index] as tf.Tensor).dataSync(), gradient.flat())).toBeLessThan(1e-5)
    })
  })

  it('ntXentRows agrees with float64 PyTorch to 1e-5, row by row', () => {
    const [z0, z1] = inputs()
    expect(relativeError(ntXentRows(z0, z1, temperature).dataSync(), golden.ntXentRows)).toBeLessThan(1e-5)
  })
})
