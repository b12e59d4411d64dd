import { randomIndex, type RandomStream } from '@lethe/domain'
import { mean } from './summary.js'

/** One-sided p of "the mean is above 0" when every sign could have been the other (Monte Carlo, the observed one included). */
export function signFlipP(values: Float64Array, resamples: number, random: RandomStream): number {
  const observed = mean(values)
  let atLeast = 0
  for (let draw = 0; draw < resamples; draw++) {
    let sum = 0
    for (const value of values) sum += random() < 0.5 ? value : -value
    if (sum / values.length >= observed - 1e-12) atLeast += 1
  }
  return (atLeast + 1) / (resamples + 1)
}

/** One-sided p of "the mean of `first` is above that of `second`" when labels could have been dealt otherwise. */
export function labelPermutationP(
  first: Float64Array,
  second: Float64Array,
  resamples: number,
  random: RandomStream,
): number {
  const pool = Float64Array.from([...first, ...second])
  const observed = mean(first)
  let atLeast = 0
  for (let draw = 0; draw < resamples; draw++) {
    let sum = 0
    // A partial Fisher–Yates deals the first group; given the pool, its mean decides the difference.
    for (let place = 0; place < first.length; place++) {
      const other = place + randomIndex(random, pool.length - place)
      const held = pool[other] as number
      pool[other] = pool[place] as number
      pool[place] = held
      sum += held
    }
    if (sum / first.length >= observed - 1e-12) atLeast += 1
  }
  return (atLeast + 1) / (resamples + 1)
}
