import type { Embed } from '../audited-model.js'

/** What an endpoint answered, made comparable. */
export interface Answers {
  readonly count: number
  readonly dimension: number
  /** Rows of length 1; a row that was not finite, or did not come, is zero. */
  readonly unit: Float32Array
  /** What was wrong with the answer, in words; null where nothing was. */
  readonly defect: string | null
}

/** Asks for `count` pictures. A malformed answer is a defect to report and never an exception; a refusal to answer is thrown on. */
export async function ask(embed: Embed, images: Float32Array, count: number): Promise<Answers> {
  const answer = await embed(images)
  const dimension = answer.length / count
  if (!Number.isInteger(dimension) || dimension < 1)
    return {
      count,
      dimension: 1,
      unit: new Float32Array(count),
      defect: `${answer.length} numbers came for ${count} pictures`,
    }
  const unit = new Float32Array(answer.length)
  let broken = 0
  for (let row = 0; row < count; row++) if (!normalizeInto(unit, answer, row * dimension, dimension)) broken += 1
  return {
    count,
    dimension,
    unit,
    defect: broken === 0 ? null : `${broken} of ${count} embeddings are not finite or are zero`,
  }
}

function normalizeInto(unit: Float32Array, answer: Float32Array, offset: number, dimension: number): boolean {
  let square = 0
  for (let k = offset; k < offset + dimension; k++) square += (answer[k] as number) ** 2
  if (!Number.isFinite(square) || square === 0) return false
  const scale = 1 / Math.sqrt(square)
  for (let k = offset; k < offset + dimension; k++) unit[k] = (answer[k] as number) * scale
  return true
}

/** Dot product of row i of a and row j of b; the cosine where rows have length 1. */
export function dot(a: Float32Array, i: number, b: Float32Array, j: number, dimension: number): number {
  let sum = 0
  for (let k = 0; k < dimension; k++) sum += (a[i * dimension + k] as number) * (b[j * dimension + k] as number)
  return sum
}
