import type { AuditPolicy, Estimate, ModelMeasures } from '@lethe/domain'
import { dropsBetween } from '../battery/forgetting-score.js'
import { streamOf, type Examined } from '../battery/test-context.js'
import { shareTakenForUnseen } from '../battery/threshold-membership.js'
import { scored, witnessesOf } from '../battery/witnesses.js'
import { alignmentOf, membershipScores } from '../probe/alignment.js'
import { keepViews, type ModelAnswers, type ViewEmbeddings } from '../probe/view-embeddings.js'
import { bcaInterval } from '../statistics/bca.js'
import { differenceOfMeansInterval } from '../statistics/bootstrap.js'
import { aucInterval } from '../statistics/de-long.js'
import { mean } from '../statistics/summary.js'

/** Reduces answers to per-sample alignment, membership scores and their AUC, by the views that came whole where two did. */
export function examine(answers: ModelAnswers): Examined {
  const views = answers.wholeViews ?? []
  const keep = (part: ViewEmbeddings) => (views.length < 2 ? part : keepViews(part, views))
  const [forget, heldOut] = [keep(answers.forget), keep(answers.heldOut)]
  const { members, features } = answers
  return {
    model: answers.model,
    forget,
    heldOut,
    alignment: { forget: alignmentOf(forget), heldOut: alignmentOf(heldOut) },
    members: members === undefined || members.count === 0 ? null : membershipScores(keep(members)),
    witnesses: witnessesOf({
      ...answers,
      forget,
      heldOut,
      features: features && {
        forget: keep(features.forget),
        heldOut: keep(features.heldOut),
        members: keep(features.members),
      },
    }),
    utilityViews: features === undefined ? heldOut : keep(features.heldOut),
    ...scored(membershipScores(forget), membershipScores(heldOut)),
  }
}

/** One model's row of the report. `before` is null for the model before itself. */
export function measure(
  examined: Examined,
  before: Examined | null,
  knnAccuracy: Estimate | null,
  policy: AuditPolicy,
): ModelMeasures {
  const { model, alignment, auc, members } = examined
  const features = examined.witnesses['pooled-features']
  const estimate = (values: Float64Array): Estimate => ({
    value: mean(values),
    interval: bcaInterval(values, policy.alpha, policy.resamples, streamOf(policy, 'A1-forgetting-score')),
  })
  const drops = before === null ? null : dropsBetween(before, examined)
  return {
    label: model.label,
    role: model.role,
    method: model.method,
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
