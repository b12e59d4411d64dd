export type Values = ArrayLike<number>

/** An interval [low, high]. */
export type Interval = [number, number]

export function mean(values: Values): number {
  let sum = 0
  for (let index = 0; index < values.length; index++) sum += values[index] as number
  return sum / values.length
}

/** The p-quantile of ascending values, linear between order statistics (Hyndman–Fan type 7). */
export function quantileOfSorted(sorted: Values, p: number): number {
  const place = Math.min(sorted.length - 1, Math.max(0, p * (sorted.length - 1)))
  const below = Math.floor(place)
  const low = sorted[below] as number
  const high = sorted[Math.min(sorted.length - 1, below + 1)] as number
  return low + (high - low) * (place - below)
}

/** Equal-tailed percentile interval of bootstrap replicates. */
export function percentileInterval(replicates: Float64Array, alpha: number): Interval {
  const sorted = replicates.slice().sort()
  return [quantileOfSorted(sorted, alpha / 2), quantileOfSorted(sorted, 1 - alpha / 2)]
}
