import type { AuditTest } from '@lethe/domain'
import { aucContrast, aucInterval } from '../statistics/de-long.js'
import { normalCdf } from '../statistics/normal.js'
import { figure, isOptimisedFor, type Examined, type TestContext } from './test-context.js'

/** A5. Distance of the AUC after unlearning to that of models retrained without the forget set, and the retrains' own spread. */
export function testRetrainReference({ after, references, policy, method }: TestContext): AuditTest | null {
  const retrained = references.filter(({ model }) => model.role === 'retrain')
  if (retrained.length === 0) return null
  const id = 'A5-retrain-reference'
  const contrast = aucContrast(
    after.placements,
    retrained.map((reference) => reference.placements),
  )
  const [low, high] = signedInterval(contrast, policy.alpha)
  const floor = spreadOf(retrained)
  return {
    id,
    optimisedFor: isOptimisedFor(id, method),
    effect: { value: contrast.auc, interval: [low, high] },
    p: contrast.standardError === 0 ? null : 2 * (1 - normalCdf(Math.abs(contrast.auc) / contrast.standardError)),
    power: null,
    outcome: 'informative',
    detail: `AUC differs from ${retrained.length === 1 ? 'the retrained model' : `the mean of ${retrained.length} retrained models`} by ${figure(contrast.auc)}${
      floor === null
        ? '; one retrained model shows no spread of its own'
        : `; retrained models differ among themselves by up to ${figure(floor)}`
    }.`,
  }
}

/** `aucInterval` keeps within [0, 1]; a difference may be negative. */
function signedInterval(contrast: Parameters<typeof aucInterval>[0], alpha: number): [number, number] {
  const [, upper] = aucInterval({ auc: 0, standardError: contrast.standardError }, alpha)
  return [contrast.auc - upper, contrast.auc + upper]
}

/** Largest difference of AUC between two retrained models: no smaller gap is an achievement. */
function spreadOf(retrained: readonly Examined[]): number | null {
  if (retrained.length < 2) return null
  const values = retrained.map(({ auc }) => auc.auc)
  return Math.max(...values) - Math.min(...values)
}
