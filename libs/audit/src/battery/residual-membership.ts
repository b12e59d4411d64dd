import { auditPower, type AuditTest } from '@lethe/domain'
import { aucInterval, truePositiveRate } from '../statistics/de-long.js'
import { testEquivalence } from '../statistics/tost.js'
import { figure, isOptimisedFor, percent, type TestContext } from './test-context.js'

/** A4. Two-sided: the AUC of forget against held-out on the model after must lie within 0.5 ± margin, shown by two one-sided tests. */
export function testResidualMembership({ after, policy, method }: TestContext): AuditTest {
  const id = 'A4-residual-membership'
  const { p, isShown } = testEquivalence(after.auc, policy.aucMargin, policy.alpha)
  const interval = aucInterval(after.auc, policy.alpha)
  const excludesHalf = interval[0] > 0.5 || interval[1] < 0.5
  const counts = { forgetCount: after.scores.forget.length, heldOutCount: after.scores.heldOut.length }
  const tpr = truePositiveRate(after.scores.forget, after.scores.heldOut, 0.01)
  const band = `${figure(0.5 - policy.aucMargin, 2)} to ${figure(0.5 + policy.aucMargin, 2)}`
  return {
    id,
    optimisedFor: isOptimisedFor(id, method),
    effect: { value: after.auc.auc, interval },
    p,
    power: auditPower({ ...counts, policy }),
    outcome: isShown ? 'met' : excludesHalf ? 'not-met' : 'inconclusive',
    detail: `Forgotten pictures are told from unseen ones with AUC ${figure(after.auc.auc)}; that it lies within ${band} is ${
      isShown ? 'shown' : 'not shown'
    }. With at most 1 % false positives ${percent(tpr)} of them are found.`,
  }
}
