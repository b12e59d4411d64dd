import { randomIndex, type RandomStream } from '@lethe/domain'
import { normalCdf, normalQuantile } from './normal.js'
import { mean, quantileOfSorted, type Interval } from './summary.js'

/**
 * Bias-corrected and accelerated bootstrap interval of a mean at level 1 − alpha (Efron 1987; Efron and Tibshirani 1993,
 * ch. 14.3). Null for fewer than two values; a point where all values are equal.
 */
export function bcaInterval(
  values: Float64Array,
  alpha: number,
  resamples: number,
  random: RandomStream,
): Interval | null {
  const n = values.length
  if (n < 2) return null
  const estimate = mean(values)
  const replicates = Float64Array.from({ length: resamples }, () => resampledMean(values, random)).sort()
  const [first, last] = [replicates[0] as number, replicates[resamples - 1] as number]
  if (first === last) return [first, last]
  const bias = normalQuantile(shareBelow(replicates, estimate))
  const acceleration = accelerationOfMean(values, estimate)
  const adjusted = (p: number) => {
    const shifted = bias + normalQuantile(p)
    return normalCdf(bias + shifted / (1 - acceleration * shifted))
  }
  return [quantileOfSorted(replicates, adjusted(alpha / 2)), quantileOfSorted(replicates, adjusted(1 - alpha / 2))]
}

function resampledMean(values: Float64Array, random: RandomStream): number {
  let sum = 0
  for (let draw = 0; draw < values.length; draw++) sum += values[randomIndex(random, values.length)] as number
  return sum / values.length
}

/** Share of replicates below the estimate, ties counting half; kept off 0 and 1 so that its quantile is finite. */
function shareBelow(sorted: Float64Array, estimate: number): number {
  let below = 0
  for (const replicate of sorted) below += replicate < estimate ? 1 : replicate === estimate ? 0.5 : 0
  return Math.min(sorted.length - 0.5, Math.max(0.5, below)) / sorted.length
}

/** Jackknife acceleration; for a mean the jackknife deviations are those of the values themselves, scaled. */
function accelerationOfMean(values: Float64Array, estimate: number): number {
  let square = 0
  let cube = 0
  for (const value of values) {
    const deviation = value - estimate
    square += deviation ** 2
    cube += deviation ** 3
  }
  return square === 0 ? 0 : cube / (6 * square ** 1.5)
}
