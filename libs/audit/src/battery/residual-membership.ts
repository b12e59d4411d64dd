import { auditPower, type AuditTest } from '@lethe/domain'
import { clopperPearson } from '../statistics/clopper-pearson.js'
import { aucInterval, truePositiveRate } from '../statistics/de-long.js'
import { testEquivalence } from '../statistics/tost.js'
import { accusations, outcomeOf } from './membership-family.js'
import { figure, isOptimisedFor, percent, type TestContext } from './test-context.js'
import { shareTakenForUnseen } from './threshold-membership.js'

/** A4. Two-sided: the AUC of forget against held-out on the model after must lie within 0.5 ± margin, shown by two one-sided tests. */
export function testResidualMembership(context: TestContext): AuditTest {
  const { after, policy, method } = context
  const id = 'A4-residual-membership'
  const { p, isShown } = testEquivalence(after.auc, policy.aucMargin, policy.alpha)
  const isFound = (accusations(context).get('alignment') ?? 1) < policy.alpha
  const { forget, heldOut } = after.scores
  const tpr = truePositiveRate(forget, heldOut, 0.01)
  const band = `${figure(0.5 - policy.aucMargin, 2)} to ${figure(0.5 + policy.aucMargin, 2)}`
  return {
    id,
    optimisedFor: isOptimisedFor(id, method),
    effect: { value: after.auc.auc, interval: aucInterval(after.auc, policy.alpha) },
    p,
    power: auditPower({ forgetCount: forget.length, heldOutCount: heldOut.length, policy }),
    outcome: outcomeOf(isShown, isFound),
    detail: `Forgotten pictures are told from unseen ones with AUC ${figure(after.auc.auc)}; that it lies within ${band} is ${
      isShown ? 'shown' : 'not shown'
    }. With at most 1 % false positives ${percent(tpr)} of them are found.`,
    parts: [
      {
        label: 'true-positive-rate-at-1-percent',
        effect: { value: tpr, interval: clopperPearson(Math.round(tpr * forget.length), forget.length, policy.alpha) },
        p: null,
      },
      ...thresholdParts(context),
    ],
  }
}

/** EncoderMI's threshold version, beside the share that held-out pictures themselves show. */
function thresholdParts({ after, policy }: TestContext): NonNullable<AuditTest['parts']> {
  if (after.members === null) return []
  const { value, interval, ofHeldOut } = shareTakenForUnseen({ ...after.scores, members: after.members }, policy)
  return [
    { label: 'taken-for-unseen', effect: { value, interval }, p: null },
    { label: 'taken-for-unseen-held-out', effect: { value: ofHeldOut, interval: null }, p: null },
  ]
}
