import type { AuditPolicy, AuditTest, UnlearningMethod } from '@lethe/domain'
import type { RecoveryCurve, RecoveryCurves, SetScores } from '../judge/audit-data.js'
import { differenceOfMeansInterval } from '../statistics/bootstrap.js'
import { labelPermutationP } from '../statistics/permutation.js'
import { mean } from '../statistics/summary.js'
import { figure, isOptimisedFor, percent, streamOf } from './test-context.js'

export interface RecoveryInput extends RecoveryCurves {
  readonly policy: AuditPolicy
  readonly method: UnlearningMethod
}

/** Share of the lost memory that may come back beyond what retrained models regain. */
const RECOVERY_MARGIN = 0.2

/** Mean rise of each sample's score over the curve, from where it began. */
function rises(curve: RecoveryCurve, set: keyof SetScores): Float64Array {
  const [start, ...later] = curve.map((scores) => scores[set])
  return Float64Array.from(start ?? [], (from, sample) =>
    later.length === 0 ? 0 : mean(later.map((scores) => (scores[sample] as number) - from)),
  )
}

/** Rises of the unlearned model beyond the mean of the retrained ones, sample by sample. */
function excess({ unlearned, retrained }: RecoveryInput, set: keyof SetScores): Float64Array {
  const usual = retrained.map((curve) => rises(curve, set))
  return rises(unlearned, set).map(
    (rise, sample) => rise - (usual.length === 0 ? 0 : mean(usual.map((other) => other[sample] as number))),
  )
}

/**
 * A8. Fine-tuning on retained data alone must not bring forgotten alignment back faster than on models that never had it. The
 * effect is the mean excess rise of forgotten over held-out samples, in units of the memory that the original model showed.
 * Needs weights: the provider's engine makes the curves, and the report says so.
 */
export function testRecovery(input: RecoveryInput): AuditTest {
  const id = 'A8-recovery'
  const { original, unlearned, retrained, policy, method } = input
  const base = { id, optimisedFor: isOptimisedFor(id, method), power: null } as const
  const memory = mean(original.forget) - mean(original.heldOut)
  if (!(memory > 0) || unlearned.length < 2 || retrained.length === 0) {
    const detail = 'Recovery was not measured: it needs a model that remembered, one retrained model and an epoch.'
    return { ...base, effect: { value: 0, interval: null }, p: null, outcome: 'inconclusive', detail }
  }
  const random = streamOf(policy, id)
  const [forget, heldOut] = [excess(input, 'forget'), excess(input, 'heldOut')]
  const value = (mean(forget) - mean(heldOut)) / memory
  const scaled = (alpha: number) =>
    differenceOfMeansInterval(forget, heldOut, alpha, policy.resamples, random)?.map((limit) => limit / memory) ?? null
  const p = labelPermutationP(forget, heldOut, policy.resamples, random)
  const [interval, oneSided] = [scaled(policy.alpha), scaled(2 * policy.alpha)]
  const isShown = oneSided !== null && (oneSided[1] as number) < RECOVERY_MARGIN
  return {
    ...base,
    effect: { value, interval: interval === null ? null : [interval[0] as number, interval[1] as number] },
    p,
    outcome: isShown ? 'met' : p < policy.alpha ? 'not-met' : 'inconclusive',
    detail: `Over ${unlearned.length - 1} epochs on retained pictures alone, ${percent(value)} of the lost memory came back beyond what ${
      retrained.length === 1 ? 'a retrained model regains' : `${retrained.length} retrained models regain`
    } (interval ${interval === null ? 'unknown' : `${figure(interval[0] as number, 2)} to ${figure(interval[1] as number, 2)}`}; up to ${percent(RECOVERY_MARGIN)} is allowed). The curves were made by the provider's engine.`,
  }
}
