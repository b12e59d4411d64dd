import type { AuditPolicy, AuditTest, Estimate } from '@lethe/domain'
import type { AuditOptions, AuditedModel } from '../audited-model.js'
import { embedPlain } from '../probe/view-embeddings.js'
import { bcaInterval } from '../statistics/bca.js'
import { mean } from '../statistics/summary.js'
import { knnCorrect } from './nearest-neighbours.js'
import { percent, streamOf } from './test-context.js'

const ID = 'A9-utility'

/**
 * Per held-out picture of a class that retained pictures have, whether it was found; null where there is none. An endpoint
 * whose answers to the two sets differ in length finds none of them.
 */
export async function classify(
  model: AuditedModel,
  { retain, heldOut, signal }: AuditOptions,
): Promise<Float64Array | null> {
  if (retain.labels === null || heldOut.labels === null) return null
  const references = await embedPlain(model, retain.images, signal)
  const queries = await embedPlain(model, heldOut.images, signal)
  const isComparable = references.dimension === queries.dimension
  const correct = knnCorrect(queries, heldOut.labels, references, retain.labels)
  if (correct.length === 0) return null
  return isComparable ? correct : correct.fill(0)
}

export const accuracyOf = (correct: Float64Array | null, policy: AuditPolicy): Estimate | null =>
  correct === null
    ? null
    : { value: mean(correct), interval: bcaInterval(correct, policy.alpha, policy.resamples, streamOf(policy, ID)) }

/** A9. k-NN accuracy on held-out pictures may not fall by more than the policy's margin; shown one-sided at alpha, pictures paired. */
export function testUtility(before: Float64Array | null, after: Float64Array | null, policy: AuditPolicy): AuditTest {
  const base = { id: ID, optimisedFor: false, p: null, power: null } as const
  if (before === null || after === null) {
    const detail = 'Not applicable: held-out and retained pictures share no labels.'
    return { ...base, effect: { value: 0, interval: null }, outcome: 'informative', detail }
  }
  const change = after.map((value, index) => value - (before[index] as number))
  const value = mean(change)
  // A one-sided bound at alpha is the lower end of the interval at 1 − 2·alpha.
  const interval = bcaInterval(change, 2 * policy.alpha, policy.resamples, streamOf(policy, ID))
  const low = interval?.[0] ?? Number.NEGATIVE_INFINITY
  const high = interval?.[1] ?? Number.POSITIVE_INFINITY
  const outcome = low > -policy.utilityMargin ? 'met' : high < -policy.utilityMargin ? 'not-met' : 'inconclusive'
  const detail = `k-NN accuracy on held-out pictures went from ${percent(mean(before))} to ${percent(mean(after))}; at most ${percent(policy.utilityMargin)} may be lost.`
  return { ...base, effect: { value, interval }, outcome, detail }
}
