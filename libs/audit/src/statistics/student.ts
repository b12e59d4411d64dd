import { normalCdf, normalQuantile } from './normal.js'

/** Panels of Simpson's rule over the density of s. */
const PANELS = 400
const BISECTIONS = 50

/**
 * Expectation of f(s), s² = χ²(freedom)/freedom: what a mean's standard error is off by. Simpson's rule on the density, which is
 * normalised by its own sum.
 */
function overDeviation(freedom: number, f: (s: number) => number): number {
  const spread = 1 / Math.sqrt(2 * freedom)
  const low = Math.max(0, 1 - 9 * spread)
  const high = 1 + Math.max(9 * spread, 6)
  const step = (high - low) / PANELS
  const logDensity = (s: number) => (freedom - 1) * Math.log(s) - (freedom * (s * s - 1)) / 2
  let weighted = 0
  let total = 0
  for (let panel = 0; panel <= PANELS; panel++) {
    const s = low + panel * step
    const density = s === 0 ? (freedom === 1 ? Math.exp(freedom / 2) : 0) : Math.exp(logDensity(s))
    const weight = density * (panel === 0 || panel === PANELS ? 1 : panel % 2 === 1 ? 4 : 2)
    weighted += weight * f(s)
    total += weight
  }
  return weighted / total
}

/** P(T > t) of the noncentral t distribution: Student's where `noncentrality` is 0. */
export const studentTail = (t: number, freedom: number, noncentrality = 0): number =>
  overDeviation(freedom, (s) => normalCdf(noncentrality - t * s))

/** The t that is exceeded with probability 1 − p; p in (0, 1). */
export function studentQuantile(p: number, freedom: number): number {
  if (p < 0.5) return -studentQuantile(1 - p, freedom)
  let low = 0
  let high = Math.max(1, normalQuantile(p))
  while (studentTail(high, freedom) > 1 - p) high *= 2
  for (let step = 0; step < BISECTIONS; step++) {
    const middle = (low + high) / 2
    if (studentTail(middle, freedom) > 1 - p) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** Power of a one-sided paired t test at alpha for a mean of d standard deviations. */
export function pairedPower(count: number, d: number, alpha: number): number {
  if (count < 2) return 0
  return studentTail(studentQuantile(1 - alpha, count - 1), count - 1, d * Math.sqrt(count))
}

/** Smallest number of pairs at which d is found with this power. */
export function requiredPairs(d: number, alpha: number, power: number): number {
  let enough = 2
  while (pairedPower(enough, d, alpha) < power) enough *= 2
  let tooFew = enough / 2
  while (enough - tooFew > 1) {
    const middle = Math.floor((tooFew + enough) / 2)
    if (pairedPower(middle, d, alpha) < power) tooFew = middle
    else enough = middle
  }
  return Math.max(2, enough)
}
