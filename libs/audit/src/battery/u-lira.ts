import { auditPower, type AuditPolicy, type AuditTest, type UnlearningMethod } from '@lethe/domain'
import type { ShadowedScore, ShadowedSets } from '../judge/audit-data.js'
import { aucInterval, aucOf, truePositiveRate } from '../statistics/de-long.js'
import { mean } from '../statistics/summary.js'
import { testEquivalence } from '../statistics/tost.js'
import { figure, isOptimisedFor, percent } from './test-context.js'

export interface ULiraInput extends ShadowedSets {
  readonly policy: AuditPolicy
  readonly method: UnlearningMethod
}

/** Fewer shadows per sample and side than this share one variance (Carlini et al. 2022, section VI). */
const SHADOWS_FOR_OWN_VARIANCE = 32

/**
 * Log likelihood ratio per sample of "trained on and unlearned" against "never seen", normal in each world (U-LiRA: Hayes,
 * Shumailov, Triantafillou, Khalifa and Papernot 2024, arXiv 2403.01218). Every sample needs a shadow of either kind.
 */
export function logLikelihoodRatios(samples: readonly ShadowedScore[]): Float64Array {
  const pooled = { unlearned: pooledVariance(samples, 'unlearned'), unseen: pooledVariance(samples, 'unseen') }
  const logDensity = (sample: ShadowedScore, world: 'unlearned' | 'unseen') => {
    const centre = mean(sample[world])
    const own = sample[world].length >= SHADOWS_FOR_OWN_VARIANCE
    const variance = Math.max(
      1e-12,
      own ? squaresAround(sample[world], centre) / (sample[world].length - 1) : pooled[world],
    )
    return -((sample.audited - centre) ** 2) / (2 * variance) - Math.log(variance) / 2
  }
  return Float64Array.from(samples, (sample) => logDensity(sample, 'unlearned') - logDensity(sample, 'unseen'))
}

function squaresAround(values: ArrayLike<number>, centre: number): number {
  let sum = 0
  for (let index = 0; index < values.length; index++) sum += ((values[index] as number) - centre) ** 2
  return sum
}

/** Within-sample variance over all samples. */
function pooledVariance(samples: readonly ShadowedScore[], world: 'unlearned' | 'unseen'): number {
  let squares = 0
  let freedom = 0
  for (const sample of samples) {
    squares += squaresAround(sample[world], mean(sample[world]))
    freedom += sample[world].length - 1
  }
  return freedom > 0 ? squares / freedom : 0
}

/**
 * A6. The strongest membership test here: each sample is judged by what shadows say of this very sample. Two-sided equivalence
 * of its AUC as in A4. A laboratory test: it trains and unlearns shadow models, and the report says who did.
 */
export function testULira({ forget, heldOut, policy, method }: ULiraInput): AuditTest {
  const id = 'A6-u-lira'
  const base = { id, optimisedFor: isOptimisedFor(id, method) } as const
  const all = [...forget, ...heldOut]
  if (forget.length < 2 || heldOut.length < 2 || all.some((s) => s.unlearned.length === 0 || s.unseen.length === 0)) {
    const detail =
      'U-LiRA needs two samples of each set, and of each sample a shadow that unlearned it and one that never saw it.'
    return { ...base, effect: { value: 0.5, interval: null }, p: null, power: null, outcome: 'inconclusive', detail }
  }
  const ratios = logLikelihoodRatios(all)
  const [members, strangers] = [ratios.subarray(0, forget.length), ratios.subarray(forget.length)]
  const estimate = aucOf(members, strangers)
  const interval = aucInterval(estimate, policy.alpha)
  const { p, isShown } = testEquivalence(estimate, policy.aucMargin, policy.alpha)
  const isFound = interval[0] > 0.5
  return {
    ...base,
    effect: { value: estimate.auc, interval },
    p,
    power: auditPower({ forgetCount: forget.length, heldOutCount: heldOut.length, policy }),
    outcome: isShown ? 'met' : isFound ? 'not-met' : 'inconclusive',
    detail: `Judged by ${countShadows(all)} shadow models, forgotten pictures are told from unseen ones with AUC ${figure(estimate.auc)}; with at most 1 % false positives ${percent(truePositiveRate(members, strangers, 0.01))} of them are found. The shadows were trained by the provider's engine.`,
  }
}

const countShadows = (samples: readonly ShadowedScore[]): number =>
  Math.max(...samples.map(({ unlearned, unseen }) => unlearned.length + unseen.length))
