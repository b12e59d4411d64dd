import type { AuditTest } from '@lethe/domain'
import { aucContrast } from '../statistics/de-long.js'
import { normalQuantile } from '../statistics/normal.js'
import { studentQuantile } from '../statistics/student.js'
import { mean, type Interval } from '../statistics/summary.js'
import { twoSidedP } from './membership-family.js'
import { figure, isOptimisedFor, type TestContext } from './test-context.js'

/**
 * A5. Distance of the AUC after unlearning to that of models retrained without the forget set. With two or more of them also where it
 * lies among them: its rank, and the interval in which one more retrained model would lie.
 */
export function testRetrainReference({ after, references, policy, method }: TestContext): AuditTest | null {
  const retrained = references.filter(({ role }) => role === 'retrain')
  if (retrained.length === 0) return null
  const id = 'A5-retrain-reference'
  const contrast = aucContrast(
    after.placements,
    retrained.map((reference) => reference.placements),
  )
  const half = normalQuantile(1 - policy.alpha / 2) * contrast.standardError
  const aucs = retrained.map(({ auc }) => auc.auc)
  const expected = predictionInterval(aucs, policy.alpha)
  const rank = aucs.filter((auc) => auc < after.auc.auc).length + 1
  const isInside = expected !== null && after.auc.auc >= expected[0] && after.auc.auc <= expected[1]
  return {
    id,
    optimisedFor: isOptimisedFor(id, method),
    effect: { value: contrast.auc, interval: [contrast.auc - half, contrast.auc + half] },
    p: contrast.standardError === 0 ? null : twoSidedP(contrast, 0),
    power: null,
    outcome: expected === null ? 'informative' : isInside ? 'met' : 'not-met',
    detail: `AUC differs from ${retrained.length === 1 ? 'the retrained model' : `the mean of ${retrained.length} retrained models`} by ${figure(contrast.auc)}${
      expected === null
        ? '; one retrained model shows no spread of its own'
        : `; retrained models differ among themselves by up to ${figure(Math.max(...aucs) - Math.min(...aucs))}, one more would lie within ${figure(expected[0])} to ${figure(expected[1])}, and the audited model is number ${rank} of ${aucs.length + 1}`
    }.`,
    ...(expected === null
      ? {}
      : { parts: [{ label: 'retrain-prediction', effect: { value: mean(aucs), interval: expected }, p: null }] }),
  }
}

/** Where one more value of the same normal distribution lies with 1 − alpha (Student); null for fewer than two. */
export function predictionInterval(values: readonly number[], alpha: number): Interval | null {
  const count = values.length
  if (count < 2) return null
  const centre = mean(values)
  const variance = values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (count - 1)
  const half = studentQuantile(1 - alpha / 2, count - 1) * Math.sqrt(variance * (1 + 1 / count))
  return [centre - half, centre + half]
}
