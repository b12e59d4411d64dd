import type { AuditPolicy } from './audit.js'

/** Stands for "no forget set is large enough with this held-out set". */
export const UNREACHABLE_FORGET_SIZE = 1_000_000

/** Φ by its Taylor series (Marsaglia 2004); beyond ±8 it is 0 or 1 in double precision. */
function normalCdf(z: number): number {
  if (Math.abs(z) > 8) return z < 0 ? 0 : 1
  let sum = z
  let term = z
  for (let k = 3; Math.abs(term) > 1e-17; k += 2) {
    term *= (z * z) / k
    sum += term
  }
  return 0.5 + (sum * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI)
}

/** Φ⁻¹ by bisection. */
function normalQuantile(p: number): number {
  let low = -8
  let high = 8
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2
    if (normalCdf(middle) < p) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** Standard error of the AUC of m positives and n negatives when both come from one distribution (Mann–Whitney). */
const nullStandardError = (m: number, n: number): number => Math.sqrt((m + n + 1) / (12 * m * n))

/**
 * Probability that a model which truly forgot passes the policy's equivalence test (TOST on the AUC of forgotten
 * against held-out samples, normal approximation; Chow, Shao and Wang 2008, ch. 3.2.3).
 */
export function auditPower(plan: { forgetCount: number; heldOutCount: number; policy: AuditPolicy }): number {
  const { forgetCount, heldOutCount, policy } = plan
  if (forgetCount < 1 || heldOutCount < 1) return 0
  const z = policy.aucMargin / nullStandardError(forgetCount, heldOutCount) - normalQuantile(1 - policy.alpha)
  return Math.max(0, 2 * normalCdf(z) - 1)
}

/** Smallest forget set at which the policy's margin has the policy's power, or UNREACHABLE_FORGET_SIZE. */
export function requiredForgetSize({ heldOutCount, policy }: { heldOutCount: number; policy: AuditPolicy }): number {
  const suffices = (forgetCount: number) => auditPower({ forgetCount, heldOutCount, policy }) >= policy.minimumPower
  if (!suffices(UNREACHABLE_FORGET_SIZE - 1)) return UNREACHABLE_FORGET_SIZE
  let tooSmall = 0
  let enough = UNREACHABLE_FORGET_SIZE - 1
  while (enough - tooSmall > 1) {
    const middle = Math.floor((tooSmall + enough) / 2)
    if (suffices(middle)) enough = middle
    else tooSmall = middle
  }
  return enough
}
