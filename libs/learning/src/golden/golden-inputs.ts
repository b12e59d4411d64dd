import * as tf from '@tensorflow/tfjs'
import { z } from 'zod'
import { refuse } from '../learning-error.js'
import { parseFormula } from './formula.js'

/** A side no matrix of a golden file exceeds. */
const LARGEST = 65_536

/** By formula over row i and column k, or number by number. */
const Matrix = z.union([z.string(), z.array(z.array(z.number())).min(1)])

const Inputs = z.looseObject({
  n: z.int().min(1).max(LARGEST),
  d: z.int().min(1).max(LARGEST),
  z0: Matrix,
  z1: Matrix,
  z2: Matrix,
  queue: Matrix.optional(),
  queueLength: z.int().min(1).max(LARGEST).default(1),
  unlearnMask: z.array(z.union([z.literal(0), z.literal(1)])).default([]),
  forgetCount: z.number().min(0).default(0),
  trainCount: z.number().min(1).default(1),
  simclrTemperature: z.number().positive().default(0.5),
  mocoTemperature: z.number().positive().default(0.1),
  /** CLIP's ln(1/τ). */
  logitScale: z.number().default(Math.log(1 / 0.07)),
})

const GoldenFile = z.looseObject({ about: z.string().optional(), inputs: Inputs })

/** What every entry of a golden file is computed from. `z0`, `z1`, `z2` and `queue` live until `dispose`. */
export interface GoldenInputs {
  /** [n, d] */
  readonly z0: tf.Tensor2D
  readonly z1: tf.Tensor2D
  readonly z2: tf.Tensor2D
  /** [K, d], as it is given. */
  readonly queue: tf.Tensor2D
  /** [n], 1 where a sample is to be forgotten. */
  readonly mask: tf.Tensor1D
  readonly forgetCount: number
  readonly trainCount: number
  readonly simclrTemperature: number
  readonly mocoTemperature: number
  readonly logitScale: number
}

export interface GoldenFile {
  readonly inputs: GoldenInputs
  /** Expected values by the name of their entry. */
  readonly entries: ReadonlyMap<string, unknown>
}

/** @throws DomainError GOLDEN_INVALID */
export function readGolden(json: unknown): GoldenFile {
  const read = GoldenFile.safeParse(json)
  if (!read.success) {
    const [issue] = read.error.issues
    return refuse(
      'GOLDEN_INVALID',
      `The golden file is not of the known format: ${issue?.message}.`,
      issue?.path.join('.'),
    )
  }
  const { about: _about, inputs, ...entries } = read.data
  const { n, d } = inputs
  const mask = inputs.unlearnMask.length === 0 ? new Array<number>(n).fill(0) : inputs.unlearnMask
  if (mask.length !== n)
    refuse('GOLDEN_INVALID', `The mask has ${mask.length} places for ${n} samples.`, 'inputs.unlearnMask')
  const values = (['z0', 'z1', 'z2'] as const).map((name) => matrixOf(inputs[name], n, d, `inputs.${name}`))
  const queue = matrixOf(inputs.queue ?? '0', inputs.queueLength, d, 'inputs.queue')
  const [z0, z1, z2] = values.map((rows) => tf.tensor2d(rows, [n, d])) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D]
  return {
    inputs: { ...inputs, z0, z1, z2, queue: tf.tensor2d(queue, [inputs.queueLength, d]), mask: tf.tensor1d(mask) },
    entries: new Map(Object.entries(entries)),
  }
}

function matrixOf(matrix: z.infer<typeof Matrix>, rows: number, columns: number, field: string): Float32Array {
  if (typeof matrix === 'string') {
    const formula = parseFormula(matrix)
    return Float32Array.from({ length: rows * columns }, (_, at) => formula(Math.floor(at / columns), at % columns))
  }
  if (matrix.length !== rows || matrix.some((row) => row.length !== columns))
    refuse('GOLDEN_INVALID', `The matrix is not ${rows} by ${columns}.`, field)
  return Float32Array.from(matrix.flat())
}

export const disposeInputs = ({ z0, z1, z2, queue, mask }: GoldenInputs): void => tf.dispose([z0, z1, z2, queue, mask])
