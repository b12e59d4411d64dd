import type { AuditPolicy, Estimate, ModelMeasures } from '@lethe/domain'
import { dropsBetween } from '../battery/forgetting-score.js'
import { streamOf, type Examined } from '../battery/test-context.js'
import { shareTakenForUnseen } from '../battery/threshold-membership.js'
import { bcaInterval } from '../statistics/bca.js'
import { differenceOfMeansInterval } from '../statistics/bootstrap.js'
import { aucInterval } from '../statistics/de-long.js'
import { mean } from '../statistics/summary.js'

/** One model's row of the report. `before` is null for the model before itself. */
export function measuresOf(
  examined: Examined,
  before: Examined | null,
  knnAccuracy: Estimate | null,
  policy: AuditPolicy,
): ModelMeasures {
  const { alignment, auc, members } = examined
  const features = examined.witnesses['pooled-features']
  const estimate = (values: Float64Array): Estimate => ({
    value: mean(values),
    interval: bcaInterval(values, policy.alpha, policy.resamples, streamOf(policy, 'A1-forgetting-score')),
  })
  const drops = before === null ? null : dropsBetween(before, examined)
  return {
    label: examined.label,
    role: examined.role,
    method: examined.method,
    membershipAuc: { value: auc.auc, interval: aucInterval(auc, policy.alpha) },
    ...(features === undefined
      ? {}
      : { featureMembershipAuc: { value: features.auc.auc, interval: aucInterval(features.auc, policy.alpha) } }),
    ...(members === null ? {} : { emia: emiaOf(examined, members, policy) }),
    alignmentForget: estimate(alignment.forget),
    alignmentHeldOut: estimate(alignment.heldOut),
    knnAccuracy,
    forgettingScore: drops === null ? null : estimate(drops.forget),
    differenceInDifferences: drops === null ? null : differenceInDifferences(drops, policy),
  }
}

function emiaOf({ scores }: Examined, members: Float64Array, policy: AuditPolicy): Estimate {
  const { value, interval } = shareTakenForUnseen({ ...scores, members }, policy)
  return { value, interval }
}

function differenceInDifferences(drops: ReturnType<typeof dropsBetween>, policy: AuditPolicy): Estimate {
  const random = streamOf(policy, 'A2-difference-in-differences')
  return {
    value: mean(drops.forget) - mean(drops.heldOut),
    interval: differenceOfMeansInterval(drops.forget, drops.heldOut, policy.alpha, policy.resamples, random),
  }
}
