import { f32 } from '@lethe/safetensors'
import * as tf from '@tensorflow/tfjs'
import { clipLoss } from '../losses/clip-loss.js'
import { cosineRows } from '../losses/cosine-rows.js'
import { mocoInfoNce, mocoInfoNceRows } from '../losses/moco-info-nce.js'
import { ntXent, ntXentRows } from '../losses/nt-xent.js'
import { alignmentCalibration } from '../losses/objectives/alignment-calibration.js'
import { negGrad } from '../losses/objectives/neg-grad.js'
import { NegativeQueue } from '../methods/negative-queue.js'
import { multiplyMatrices } from '../ops/multiply-matrices.js'
import { normalizeRows } from '../ops/normalize-rows.js'
import type { GoldenInputs } from './golden-inputs.js'

/** What was computed, by the names of an entry's members; `value` for an entry that is a number or an array. */
export type Parts = Readonly<Record<string, ArrayLike<number>>>

type Entry = (inputs: GoldenInputs, parameters: readonly string[]) => Parts

const VALUE = 'value'

/** Loss and gradients with respect to these inputs. */
function differentiated(
  loss: (...z: tf.Tensor2D[]) => tf.Scalar,
  inputs: readonly tf.Tensor[],
  names: readonly string[],
): Parts {
  const { value, grads } = tf.valueAndGrads((...z) => loss(...(z as tf.Tensor2D[])))([...inputs])
  return {
    loss: value.dataSync(),
    ...Object.fromEntries(names.map((name, index) => [name, (grads[index] as tf.Tensor).dataSync()])),
  }
}

const calibrate = ({ forgetCount, trainCount }: GoldenInputs, [alpha, beta]: readonly string[]) => ({
  alpha: Number(alpha),
  beta: Number(beta),
  forgetCount,
  trainCount,
})

/** The queue as MoCo keeps it, before or after it took the keys z1. */
function queueOf({ queue, z1 }: GoldenInputs, enqueues: number): Float32Array {
  const [length, dimension] = queue.shape
  const unit = f32(queue.shape, normalizeRows(queue).dataSync<'float32'>())
  const ring = NegativeQueue.restore(new Map([['queue.keys', unit]]), length, dimension)
  for (let turn = 0; turn < enqueues; turn++) ring.enqueue(z1, new Int32Array(2 * z1.shape[0]))
  const keys = ring.keys.dataSync<'float32'>().slice()
  ring.dispose()
  return keys
}

const alignment = (a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor2D =>
  multiplyMatrices(normalizeRows(a), tf.transpose(normalizeRows(b)))

const mocoRows = (q: tf.Tensor2D, { z1, queue, mocoTemperature }: GoldenInputs): tf.Tensor1D =>
  mocoInfoNceRows(q, z1, normalizeRows(queue), mocoTemperature)

/** s(a_i, b_i) of the samples to be forgotten, which stand anywhere in a golden file; null without one. */
function forgottenCosines(a: tf.Tensor2D, b: tf.Tensor2D, mask: tf.Tensor1D): tf.Tensor1D | null {
  const places = [...mask.dataSync()].flatMap((isForgotten, place) => (isForgotten === 1 ? [place] : []))
  if (places.length === 0) return null
  // A product with rows of one 1 takes rows out exactly, and every backend has its gradient.
  const taken = tf.tensor2d(places.map((place) => Array.from({ length: mask.shape[0] }, (_, n) => Number(n === place))))
  return cosineRows(multiplyMatrices(taken, a), multiplyMatrices(taken, b))
}

/** Every kind of entry, by a pattern of its name whose groups are its parameters. */
const entries: readonly [RegExp, Entry][] = [
  [
    /^ntXent$/,
    ({ z0, z1, simclrTemperature }) =>
      differentiated((a, b) => ntXent(a, b, simclrTemperature), [z0, z1], ['dz0', 'dz1']),
  ],
  [/^ntXentRows$/, ({ z0, z1, simclrTemperature }) => ({ [VALUE]: ntXentRows(z0, z1, simclrTemperature).dataSync() })],
  [
    /^negGradSimclr$/,
    ({ z0, z1, mask, simclrTemperature }) =>
      differentiated((a, b) => negGrad(ntXentRows(a, b, simclrTemperature), mask), [z0, z1], ['dz0', 'dz1']),
  ],
  [
    /^alignmentCalibrationSimclr_alpha([\d.]+)_beta([\d.]+)$/,
    (inputs, parameters) => {
      const { z0, z1, z2, mask, simclrTemperature } = inputs
      const options = calibrate(inputs, parameters)
      return differentiated(
        (a, b, c) => {
          const rows = ntXentRows(a, b, simclrTemperature)
          return alignmentCalibration(rows, mask, forgottenCosines(a, options.beta === 0 ? z2 : c, mask), options)
        },
        options.beta === 0 ? [z0, z1] : [z0, z1, z2],
        options.beta === 0 ? ['dz0', 'dz1'] : ['dz0', 'dz1', 'dz2'],
      )
    },
  ],
  [/^queueBefore$/, (inputs) => ({ [VALUE]: queueOf(inputs, 0) })],
  [/^queueAfterOneEnqueue$/, (inputs) => ({ [VALUE]: queueOf(inputs, 1) })],
  [
    /^mocoInfoNce$/,
    ({ z0, z1, queue, mocoTemperature }) =>
      differentiated((q) => mocoInfoNce(q, z1, normalizeRows(queue), mocoTemperature), [z0], ['dz0']),
  ],
  [/^mocoRows$/, (inputs) => ({ [VALUE]: mocoRows(inputs.z0, inputs).dataSync() })],
  [/^negGradMoco$/, (inputs) => differentiated((q) => negGrad(mocoRows(q, inputs), inputs.mask), [inputs.z0], ['dz0'])],
  [
    /^alignmentCalibrationMoco_alpha([\d.]+)_beta([\d.]+)$/,
    (inputs, parameters) => {
      const { z0, z2, mask } = inputs
      const options = calibrate(inputs, parameters)
      return differentiated(
        (q) => alignmentCalibration(mocoRows(q, inputs), mask, forgottenCosines(q, z2, mask), options),
        [z0],
        ['dz0'],
      )
    },
  ],
  [
    /^clip$/,
    ({ z0, z1, logitScale }) =>
      differentiated(
        (image, text, scale) => clipLoss(image, text, scale as unknown as tf.Scalar),
        [z0, z1, tf.scalar(logitScale)],
        ['dImage', 'dText', 'dLogitScale'],
      ),
  ],
  [
    /^alignmentMatrix_(z[012])_(z[012])$/,
    (inputs, [a, b]) => ({ [VALUE]: alignment(matrix(inputs, a), matrix(inputs, b)).dataSync() }),
  ],
  [
    /^alignmentGap_before_(z[012])(z[012])_after_(z[012])(z[012])$/,
    (inputs, [a, b, c, d]) => ({
      [VALUE]: tf
        .sub(alignment(matrix(inputs, a), matrix(inputs, b)), alignment(matrix(inputs, c), matrix(inputs, d)))
        .dataSync(),
    }),
  ],
  [
    /^forgettingScore_before_(z[012])(z[012])_after_(z[012])(z[012])$/,
    (inputs, [a, b, c, d]) => ({
      [VALUE]: tf
        .mean(
          tf.sub(cosineRows(matrix(inputs, a), matrix(inputs, b)), cosineRows(matrix(inputs, c), matrix(inputs, d))),
        )
        .dataSync(),
    }),
  ],
]

const matrix = (inputs: GoldenInputs, name: string | undefined): tf.Tensor2D => inputs[name as 'z0' | 'z1' | 'z2']

/** Null for a name that no entry of the format has. */
export function computeEntry(name: string, inputs: GoldenInputs): Parts | null {
  for (const [pattern, compute] of entries) {
    const match = pattern.exec(name)
    if (match !== null) return withoutTensors(() => compute(inputs, match.slice(1)))
  }
  return null
}

function withoutTensors(compute: () => Parts): Parts {
  let parts: Parts = {}
  tf.tidy(() => {
    parts = compute()
  })
  return parts
}
