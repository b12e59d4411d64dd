import type { MeasuredModel, SetScores } from '../judge/audit-data.js'
import { membershipScores } from '../probe/alignment.js'
import type { ModelAnswers, ViewEmbeddings } from '../probe/view-embeddings.js'
import { whitenBy } from '../probe/whiten.js'

/** Endpoints that normalise their answers have lengths that differ by rounding alone. */
const LEAST_SPREAD = 1e-3

/** Scores by what testifies besides cosines of projections, as far as the endpoint offers it. */
export function measureWitnesses({ forget, heldOut, features }: ModelAnswers): MeasuredModel['witnesses'] {
  const [first, second] = [meanLogLengths(forget), meanLogLengths(heldOut)]
  const hasLengths = first !== null && second !== null && spreadOf(second) > LEAST_SPREAD
  return {
    ...(hasLengths ? { 'embedding-length': { forget: first, heldOut: second } } : {}),
    ...(features === undefined ? {} : { 'pooled-features': scoreFeatures(features) }),
  }
}

/** Seen from retained pictures; where there are none, from every second held-out picture, and then only the others are scored. */
function scoreFeatures({ forget, heldOut, members }: NonNullable<ModelAnswers['features']>): SetScores {
  const own = members.count > 0 ? members : keepRows(heldOut, 0)
  const others = members.count > 0 ? heldOut : keepRows(heldOut, 1)
  const whiten = whitenBy(own)
  return { forget: membershipScores(whiten(forget)), heldOut: membershipScores(whiten(others)) }
}

/** Every second row, from `first`. */
function keepRows({ count, dimension, views }: ViewEmbeddings, first: number): ViewEmbeddings {
  const rows = Math.floor((count - first + 1) / 2)
  const kept = views.map((view) => {
    const half = new Float32Array(rows * dimension)
    for (let row = 0; row < rows; row++)
      half.set(view.subarray((2 * row + first) * dimension, (2 * row + first + 1) * dimension), row * dimension)
    return half
  })
  return { count: rows, dimension, views: kept }
}

function meanLogLengths({ count, lengths }: ViewEmbeddings): Float64Array | null {
  if (lengths === undefined || lengths.length === 0) return null
  const sums = new Float64Array(count)
  for (const view of lengths)
    for (let row = 0; row < count; row++)
      sums[row] = (sums[row] as number) + Math.log(Math.max(view[row] as number, 1e-30))
  return sums.map((sum) => sum / lengths.length)
}

function spreadOf(values: Float64Array): number {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const value of values) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  return high - low
}
