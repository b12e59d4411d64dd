import type { Embed } from '../audited-model.js'
import type { EndpointCode } from '../endpoint/endpoint-fault.js'

/** What an endpoint answered, made comparable. */
export interface Answers {
  readonly count: number
  readonly dimension: number
  /** Rows of length 1; a row that was not finite, or did not come, is zero. */
  readonly unit: Float32Array
  /** Length of each row as it came; 0 where it was not finite. */
  readonly lengths?: Float32Array | undefined
  /** What was wrong with the answer, in words; null where nothing was. */
  readonly defect: string | null
  readonly code?: EndpointCode | undefined
}

/** Asks for `count` pictures. A malformed answer is a defect to report and never an exception; a refusal to answer is thrown on. */
export async function ask(embed: Embed, images: Float32Array, count: number): Promise<Answers> {
  const answer = await embed(images)
  const dimension = answer.length / count
  if (!Number.isInteger(dimension) || dimension < 1)
    return missing(count, 'ENDPOINT_MALFORMED', `${answer.length} numbers came for ${count} pictures`)
  const unit = new Float32Array(answer.length)
  const lengths = new Float32Array(count)
  let broken = 0
  for (let row = 0; row < count; row++) {
    lengths[row] = normalizeInto(unit, answer, row * dimension, dimension)
    if (lengths[row] === 0) broken += 1
  }
  const base = { count, dimension, unit, lengths }
  if (broken === 0) return { ...base, defect: null }
  return { ...base, code: 'ENDPOINT_NOT_FINITE', defect: `${broken} of ${count} embeddings are not finite or are zero` }
}

/** Stands for an answer that cannot be read. */
export const missing = (count: number, code: EndpointCode, defect: string): Answers => ({
  count,
  dimension: 1,
  unit: new Float32Array(count),
  code,
  defect,
})

/** The length of the row, or 0 where it is not finite or zero: then `unit` stays as it is. */
function normalizeInto(unit: Float32Array, answer: Float32Array, offset: number, dimension: number): number {
  let square = 0
  for (let k = offset; k < offset + dimension; k++) square += (answer[k] as number) ** 2
  if (!Number.isFinite(square) || square === 0) return 0
  const length = Math.sqrt(square)
  for (let k = offset; k < offset + dimension; k++) unit[k] = (answer[k] as number) / length
  return length
}

/** Dot product of row i of a and row j of b; the cosine where rows have length 1. */
export function dot(a: Float32Array, i: number, b: Float32Array, j: number, dimension: number): number {
  let sum = 0
  for (let k = 0; k < dimension; k++) sum += (a[i * dimension + k] as number) * (b[j * dimension + k] as number)
  return sum
}
