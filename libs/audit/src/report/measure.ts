import type { AuditPolicy, Estimate, ModelMeasures } from '@lethe/domain'
import { dropsBetween } from '../battery/forgetting-score.js'
import { streamOf, type Examined } from '../battery/test-context.js'
import { alignmentOf, membershipScores } from '../probe/alignment.js'
import type { ModelAnswers } from '../probe/view-embeddings.js'
import { bcaInterval } from '../statistics/bca.js'
import { differenceOfMeansInterval } from '../statistics/bootstrap.js'
import { aucFrom, aucInterval, placements } from '../statistics/de-long.js'
import { mean } from '../statistics/summary.js'

/** Reduces answers to per-sample alignment, membership scores and their AUC. */
export function examine(answers: ModelAnswers): Examined {
  const alignment = { forget: alignmentOf(answers.forget), heldOut: alignmentOf(answers.heldOut) }
  const scores = { forget: membershipScores(answers.forget), heldOut: membershipScores(answers.heldOut) }
  const placed = placements(scores.forget, scores.heldOut)
  return { ...answers, alignment, scores, placements: placed, auc: aucFrom(placed) }
}

/** One model's row of the report. `before` is null for the model before itself. */
export function measure(
  examined: Examined,
  before: Examined | null,
  knnAccuracy: Estimate | null,
  policy: AuditPolicy,
): ModelMeasures {
  const { model, alignment, auc } = examined
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
    alignmentForget: estimate(alignment.forget),
    alignmentHeldOut: estimate(alignment.heldOut),
    knnAccuracy,
    forgettingScore: drops === null ? null : estimate(drops.forget),
    differenceInDifferences: drops === null ? null : differenceInDifferences(drops, policy),
  }
}

function differenceInDifferences(drops: ReturnType<typeof dropsBetween>, policy: AuditPolicy): Estimate {
  const random = streamOf(policy, 'A2-difference-in-differences')
  return {
    value: mean(drops.forget) - mean(drops.heldOut),
    interval: differenceOfMeansInterval(drops.forget, drops.heldOut, policy.alpha, policy.resamples, random),
  }
}
