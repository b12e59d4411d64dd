import { normalCdf } from './normal.js'
import type { AucEstimate } from './de-long.js'

export interface Equivalence {
  /** Larger of the two one-sided p-values. */
  readonly p: number
  readonly isShown: boolean
}

/**
 * Two one-sided tests (Schuirmann 1987) that an AUC lies within 0.5 ± margin. Shown exactly when the interval at level
 * 1 − 2·alpha lies inside. Never shown without spread: where every score is equal nothing was measured, and full separation
 * is the opposite of what is to be shown.
 */
export function testEquivalence({ auc, standardError }: AucEstimate, margin: number, alpha: number): Equivalence {
  const room = Math.min(auc - (0.5 - margin), 0.5 + margin - auc)
  const p = standardError === 0 ? 1 : 1 - normalCdf(room / standardError)
  return { p, isShown: p < alpha }
}
