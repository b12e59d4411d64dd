import { membershipScores } from '../probe/alignment.js'
import type { ModelAnswers, ViewEmbeddings } from '../probe/view-embeddings.js'
import { whitenBy } from '../probe/whiten.js'
import { aucFrom, placements, type AucEstimate, type Placements } from '../statistics/de-long.js'

/** Scores of both sets by one quantity, and how well it tells them apart. */
export interface Scored {
  readonly scores: { readonly forget: Float64Array; readonly heldOut: Float64Array }
  readonly placements: Placements
  /** Of forget against held-out samples. */
  readonly auc: AucEstimate
}

/**
 * Quantities by which membership shows and which no loss on projections contains: cosines of normalised projections say nothing of
 * their length, and nothing of the pooled features before the head.
 */
export type WitnessName = 'embedding-length' | 'pooled-features'

export type Witnesses = Readonly<Partial<Record<WitnessName, Scored>>>

/** Endpoints that normalise their answers have lengths that differ by rounding alone. */
const LEAST_SPREAD = 1e-3

export function scored(forget: Float64Array, heldOut: Float64Array): Scored {
  const placed = placements(forget, heldOut)
  return { scores: { forget, heldOut }, placements: placed, auc: aucFrom(placed) }
}

export function witnessesOf({ forget, heldOut, features }: ModelAnswers): Witnesses {
  const [first, second] = [meanLogLengths(forget), meanLogLengths(heldOut)]
  const hasLengths = first !== null && second !== null && spreadOf(second) > LEAST_SPREAD
  return {
    ...(hasLengths ? { 'embedding-length': scored(first, second) } : {}),
    ...(features === undefined ? {} : { 'pooled-features': scoredFeatures(features) }),
  }
}

/** Seen from retained pictures; where there are none, from every second held-out picture, and then only the others are scored. */
function scoredFeatures({ forget, heldOut, members }: NonNullable<ModelAnswers['features']>): Scored {
  const own = members.count > 0 ? members : keepRows(heldOut, 0)
  const others = members.count > 0 ? heldOut : keepRows(heldOut, 1)
  const whiten = whitenBy(own)
  return scored(membershipScores(whiten(forget)), membershipScores(whiten(others)))
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
