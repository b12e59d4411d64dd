import { normalQuantile } from './normal.js'
import { mean, type Interval, type Values } from './summary.js'

/**
 * DeLong's structural components (DeLong, DeLong and Clarke-Pearson 1988, by the midranks of Sun and Xu 2014):
 * `ofPositives[i]` is the share of negatives below positive i, `ofNegatives[j]` the share of positives above negative j,
 * ties counting half. The mean of either is the AUC.
 */
export interface Placements {
  readonly ofPositives: Float64Array
  readonly ofNegatives: Float64Array
}

export function placements(positives: Values, negatives: Values): Placements {
  const m = positives.length
  const n = negatives.length
  const all = Float64Array.from({ length: m + n }, (_, k) => (k < m ? positives[k] : negatives[k - m]) as number)
  const joint = midranks(all)
  const own = midranks(all.subarray(0, m))
  const others = midranks(all.subarray(m))
  return {
    ofPositives: own.map((rank, i) => ((joint[i] as number) - rank) / n),
    ofNegatives: others.map((rank, j) => 1 - ((joint[m + j] as number) - rank) / m),
  }
}

/** Ranks from 1, equal values sharing the mean of theirs. */
function midranks(values: Float64Array): Float64Array {
  const order = Int32Array.from(values, (_, index) => index).sort(
    (a, b) => (values[a] as number) - (values[b] as number),
  )
  const ranks = new Float64Array(values.length)
  for (let first = 0; first < order.length;) {
    let end = first + 1
    while (end < order.length && values[order[end] as number] === values[order[first] as number]) end += 1
    for (let place = first; place < end; place++) ranks[order[place] as number] = (first + 1 + end) / 2
    first = end
  }
  return ranks
}

export interface AucEstimate {
  readonly auc: number
  /** DeLong's. */
  readonly standardError: number
}

const variance = (values: Float64Array, centre: number) =>
  values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1)

/** AUC and its standard error from placements. Needs two of each. */
export function aucFrom({ ofPositives, ofNegatives }: Placements): AucEstimate {
  const auc = mean(ofPositives)
  const squared =
    variance(ofPositives, auc) / ofPositives.length + variance(ofNegatives, mean(ofNegatives)) / ofNegatives.length
  return { auc, standardError: Math.sqrt(squared) }
}

/** P(positive > negative) + ½ P(equal), with DeLong's standard error. */
export const aucOf = (positives: Values, negatives: Values): AucEstimate => aucFrom(placements(positives, negatives))

/** Wald interval at level 1 − alpha, kept within [0, 1]. */
export function aucInterval({ auc, standardError }: AucEstimate, alpha: number): Interval {
  const half = normalQuantile(1 - alpha / 2) * standardError
  return [Math.max(0, auc - half), Math.min(1, auc + half)]
}

/** AUC of `one` minus the mean AUC of `others` on the same samples, with the standard error of that contrast (correlations kept). */
export function aucContrast(one: Placements, others: readonly Placements[]): AucEstimate {
  const contrast = (part: keyof Placements) =>
    one[part].map((value, index) => value - mean(others.map((other) => other[part][index] as number)))
  return aucFrom({ ofPositives: contrast('ofPositives'), ofNegatives: contrast('ofNegatives') })
}

/** Share of positives above the score that at most `falsePositiveRate` of negatives exceed. */
export function truePositiveRate(positives: Values, negatives: Values, falsePositiveRate: number): number {
  const descending = Float64Array.from(negatives).sort().reverse()
  const threshold = descending[Math.floor(falsePositiveRate * descending.length)] as number
  return Array.from(positives).filter((score) => score > threshold).length / positives.length
}
