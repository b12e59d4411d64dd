import { randomStream, shuffledIndices, type PackedImages } from '@lethe/domain'
import type { AuditOptions } from '../audited-model.js'
import { AUDIT_EPOCH, viewSeedOf } from '../challenge.js'
import type { EndpointCode } from '../endpoint/endpoint-fault.js'
import type { SetScores } from '../judge/audit-data.js'
import type { GuardedModel } from '../endpoint/guard-endpoint.js'
import type { Answers } from '../probe/ask.js'
import { askInParts } from '../probe/view-embeddings.js'

/** Pictures of each set that an endpoint is probed with. */
export const PROBES = 24

export interface ProbeCounts {
  readonly forget: number
  readonly heldOut: number
}

/** A question about so many pictures, asked so often. */
export interface Question {
  readonly pictures: number
  readonly times: number
}

/** Ends the probing of an endpoint whose answers cannot be read. */
export class Unreadable extends Error {
  readonly fault: { readonly code: EndpointCode; readonly words: string }

  constructor({ code = 'ENDPOINT_MALFORMED', defect }: Answers) {
    super(defect ?? 'an answer could not be read')
    this.fault = { code, words: this.message }
  }
}

/** @throws Unreadable */
export function readable(answers: Answers): Answers {
  if (answers.defect !== null) throw new Unreadable(answers)
  return answers
}

/** View 0 of some audit pictures of either set, and the rows of the sets that they are. */
export interface Probes {
  readonly size: Omit<PackedImages, 'data' | 'count'>
  readonly forgetRows: Int32Array
  readonly heldOutRows: Int32Array
  /** Of the forget set, then of the held-out set. */
  readonly pictures: Float32Array
  readonly count: number
  /** @throws Unreadable */
  readonly ask: (pictures: Float32Array) => Promise<Answers>
}

export function drawProbes(model: GuardedModel, options: AuditOptions): Probes {
  const { forget, heldOut, drawViews, policy, signal } = options
  const { height, width, channels } = forget.images
  const size = { height, width, channels }
  const seed = viewSeedOf(options)
  const pick = (images: PackedImages, stream: number) =>
    shuffledIndices(images.count, randomStream(policy.seed, stream)).slice(0, PROBES)
  const [forgetRows, heldOutRows] = [pick(forget.images, 1), pick(heldOut.images, 2)]
  const pixels = height * width * channels
  const count = forgetRows.length + heldOutRows.length
  const pictures = new Float32Array(count * pixels)
  pictures.set(rowsOf(drawViews(forget.images, seed, 0, AUDIT_EPOCH), forgetRows, pixels))
  pictures.set(rowsOf(drawViews(heldOut.images, seed, 0, AUDIT_EPOCH), heldOutRows, pixels), forgetRows.length * pixels)
  const ask = async (asked: Float32Array) =>
    readable(await askInParts(model.askAfresh, { ...size, count: asked.length / pixels }, asked, signal))
  return { size, forgetRows, heldOutRows, pictures, count, ask }
}

/** Copies of these rows, in this order. */
export function rowsOf(pictures: Float32Array, rows: ArrayLike<number>, pixels: number): Float32Array {
  const copied = new Float32Array(rows.length * pixels)
  for (let place = 0; place < rows.length; place++) {
    const row = rows[place] as number
    copied.set(pictures.subarray(row * pixels, (row + 1) * pixels), place * pixels)
  }
  return copied
}

/** Row of unit embeddings. */
export const rowAt = ({ unit, dimension }: Answers, row: number): Float32Array =>
  unit.subarray(row * dimension, (row + 1) * dimension)

/** Of probes, by the set that they come from. */
export const bySet = (values: Float64Array, { forgetRows }: Probes): SetScores => ({
  forget: values.slice(0, forgetRows.length),
  heldOut: values.slice(forgetRows.length),
})

/** Distance of two unit embeddings; 2, the largest there is, where they cannot be compared. */
export function chord(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return 2
  let square = 0
  for (let k = 0; k < a.length; k++) square += ((a[k] as number) - (b[k] as number)) ** 2
  return Math.sqrt(square)
}
