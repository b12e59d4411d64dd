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

export interface Detection {
  readonly forgetCount: number
  readonly heldOutCount: number
  readonly alpha: number
  /** The true AUC of what is to be detected, above 0.5. */
  readonly auc: number
}

/**
 * Probability that a one-sided test at alpha finds an AUC above 0.5 (Hanley and McNeil 1982: null variance for the critical
 * value, that of the alternative for the power).
 */
export function detectionPower({ forgetCount: m, heldOutCount: n, alpha, auc }: Detection): number {
  if (m < 1 || n < 1) return 0
  const q1 = auc / (2 - auc)
  const q2 = (2 * auc ** 2) / (1 + auc)
  const variance = (auc * (1 - auc) + (m - 1) * (q1 - auc ** 2) + (n - 1) * (q2 - auc ** 2)) / (m * n)
  const beyond = auc - 0.5 - normalQuantile(1 - alpha) * nullStandardError(m, n)
  return normalCdf(beyond / Math.sqrt(variance))
}

/** Smallest number of pictures per set, forgotten and held out alike, at which an AUC is detected with this power. */
export function requiredPerSet(goal: { auc: number; alpha: number; power: number }): number {
  const { auc, alpha, power } = goal
  return smallest((count) => detectionPower({ forgetCount: count, heldOutCount: count, alpha, auc }) >= power)
}

/** Smallest equivalence margin around 0.5 that a model which truly forgot is shown to keep, with this power. */
export function smallestMargin(plan: {
  forgetCount: number
  heldOutCount: number
  alpha: number
  power: number
}): number {
  const { forgetCount, heldOutCount, alpha, power } = plan
  if (forgetCount < 1 || heldOutCount < 1) return 0.5
  const deviations = normalQuantile(1 - alpha) + normalQuantile((1 + power) / 2)
  return Math.min(0.5, deviations * nullStandardError(forgetCount, heldOutCount))
}

/** Smallest forget set at which the policy's margin has the policy's power, or UNREACHABLE_FORGET_SIZE. */
export function requiredForgetSize({ heldOutCount, policy }: { heldOutCount: number; policy: AuditPolicy }): number {
  return smallest((forgetCount) => auditPower({ forgetCount, heldOutCount, policy }) >= policy.minimumPower)
}

/** Smallest count that suffices, where more never hurts; UNREACHABLE_FORGET_SIZE when none does. */
function smallest(suffices: (count: number) => boolean): number {
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
