import type { AuditTest } from '@lethe/domain'
import { bcaInterval } from '../statistics/bca.js'
import { differenceOfMeansInterval } from '../statistics/bootstrap.js'
import { labelPermutationP, signFlipP } from '../statistics/permutation.js'
import { mean } from '../statistics/summary.js'
import { figure, isOptimisedFor, streamOf, type Examined, type TestContext } from './test-context.js'

/** Drop of each sample's alignment from one model to another. */
export const alignmentDrop = (before: Float64Array, after: Float64Array): Float64Array =>
  before.map((value, sample) => value - (after[sample] as number))

/** Drops on both sets between two models. */
export const dropsBetween = (before: Examined, after: Examined) => ({
  forget: alignmentDrop(before.alignment.forget, after.alignment.forget),
  heldOut: alignmentDrop(before.alignment.heldOut, after.alignment.heldOut),
})

/** A1. FS = mean over forget samples of a_i(before) − a_i(after), BCa interval, sign-flip p of "above 0". */
export function testForgettingScore({ before, after, policy, method }: TestContext): AuditTest {
  const id = 'A1-forgetting-score'
  const { forget } = dropsBetween(before, after)
  const random = streamOf(policy, id)
  const value = mean(forget)
  const interval = bcaInterval(forget, policy.alpha, policy.resamples, random)
  const p = signFlipP(forget, policy.resamples, random)
  return {
    id,
    optimisedFor: isOptimisedFor(id, method),
    effect: { value, interval },
    p,
    power: null,
    outcome: 'informative',
    detail: `Views of forgotten pictures agree less by ${figure(value)} on average; global drift is part of this number.`,
  }
}

/** A2, the primary test of movement: FS on the forget set minus FS on held-out samples, label-permutation p of "above 0". */
export function testDifferenceInDifferences({ before, after, policy, method }: TestContext): AuditTest {
  const id = 'A2-difference-in-differences'
  const { forget, heldOut } = dropsBetween(before, after)
  const random = streamOf(policy, id)
  const value = mean(forget) - mean(heldOut)
  const interval = differenceOfMeansInterval(forget, heldOut, policy.alpha, policy.resamples, random)
  const p = labelPermutationP(forget, heldOut, policy.resamples, random)
  return {
    id,
    optimisedFor: isOptimisedFor(id, method),
    effect: { value, interval },
    p,
    power: null,
    outcome: p < policy.alpha ? 'met' : 'not-met',
    detail:
      p < policy.alpha
        ? `Alignment fell by ${figure(value)} more on forgotten pictures than on pictures no model ever saw.`
        : `Alignment did not demonstrably fall more on forgotten pictures than elsewhere (${figure(value)}).`,
  }
}
