import { binomialTail } from './binomial.js'
import type { Interval } from './summary.js'

const BISECTIONS = 60

/** Exact two-sided interval at level 1 − alpha of a share of which `successes` in `trials` were seen (Clopper and Pearson 1934). */
export function clopperPearson(successes: number, trials: number, alpha: number): Interval {
  const low = successes === 0 ? 0 : solve((share) => binomialTail(successes, trials, share) < alpha / 2)
  const high = successes === trials ? 1 : solve((share) => 1 - binomialTail(successes + 1, trials, share) > alpha / 2)
  return [low, high]
}

/** The share up to which `holds`. */
function solve(holds: (share: number) => boolean): number {
  let low = 0
  let high = 1
  for (let step = 0; step < BISECTIONS; step++) {
    const middle = (low + high) / 2
    if (holds(middle)) low = middle
    else high = middle
  }
  return low
}
