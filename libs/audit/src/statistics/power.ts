import { normalCdf, normalQuantile } from './normal.js'

/** Standard error of the AUC of m positives and n negatives when both come from one distribution (Mann–Whitney). */
const nullStandardError = (m: number, n: number) => Math.sqrt((m + n + 1) / (12 * m * n))

/**
 * Probability that the equivalence test at `margin` and `alpha` succeeds when the AUC truly is 0.5
 * (Chow, Shao and Wang 2008, ch. 3.2.3).
 */
export function equivalencePower(positives: number, negatives: number, margin: number, alpha: number): number {
  if (positives < 1 || negatives < 1) return 0
  const z = margin / nullStandardError(positives, negatives) - normalQuantile(1 - alpha)
  return Math.max(0, 2 * normalCdf(z) - 1)
}
