import type { AuditPolicy } from '@lethe/domain'
import { equivalencePower } from './statistics/power.js'

/** Stands for "no forget set is large enough with this held-out set". */
export const UNREACHABLE_FORGET_SIZE = 1_000_000

/** Probability that a model which truly forgot passes the equivalence test of this policy. Costs nothing; ask before an audit. */
export const auditPower = (plan: { forgetCount: number; heldOutCount: number; policy: AuditPolicy }): number =>
  equivalencePower(plan.forgetCount, plan.heldOutCount, plan.policy.aucMargin, plan.policy.alpha)

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
