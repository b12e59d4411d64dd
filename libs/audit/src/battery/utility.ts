import type { AuditPolicy, AuditTest, Estimate } from '@lethe/domain'
import type { Correct } from '../judge/audit-data.js'
import type { Answers } from '../probe/ask.js'
import type { ViewEmbeddings } from '../probe/view-embeddings.js'
import { clopperPearson } from '../statistics/clopper-pearson.js'
import { pairedChangeInterval, requiredQuestions } from '../statistics/paired-change.js'
import { mean } from '../statistics/summary.js'
import { knnCorrect } from './nearest-neighbours.js'
import { percent } from './test-context.js'

const ID = 'A9-utility'

/**
 * Per held-out picture of a class that retained pictures have, whether its neighbours name it; null where there is none. An endpoint
 * whose answers to the two sets differ in length finds none of them.
 */
export function classify(
  plain: { readonly retain: Answers; readonly heldOut: Answers },
  labels: { readonly retain: Int32Array; readonly heldOut: Int32Array },
): Correct | null {
  const { retain, heldOut } = plain
  const isComparable = retain.dimension === heldOut.dimension
  const references = isComparable ? retain : { ...retain, dimension: 1, unit: new Float32Array(retain.count) }
  const queries = isComparable ? heldOut : { ...heldOut, dimension: 1, unit: new Float32Array(heldOut.count) }
  const values = knnCorrect(queries, labels.heldOut, references, labels.retain)
  if (values.length === 0) return null
  return { by: 'labels', values: isComparable ? values : values.fill(0) }
}

/**
 * Without labels: whether one view of a held-out picture finds the other among the nearest 1 % of all held-out pictures. What ties with
 * it stands before it, so an endpoint that answers everything alike finds nothing.
 */
export function findViews({ count, dimension, views }: ViewEmbeddings): Correct {
  const [first, second] = [views[0] as Float32Array, views[1] as Float32Array]
  const depth = Math.max(1, Math.ceil(count / 100))
  const values = new Float64Array(count)
  for (let row = 0; row < count; row++) {
    const own = cosineOf(first, row, second, row, dimension)
    let before = 0
    for (let other = 0; other < count && before < depth; other++)
      if (other !== row && cosineOf(first, row, second, other, dimension) >= own) before += 1
    values[row] = before < depth ? 1 : 0
  }
  return { by: 'views', values }
}

function cosineOf(a: Float32Array, i: number, b: Float32Array, j: number, dimension: number): number {
  let sum = 0
  for (let k = 0; k < dimension; k++) sum += (a[i * dimension + k] as number) * (b[j * dimension + k] as number)
  return sum
}

/** Share of right answers with its exact interval; null without labels. */
export const accuracyOf = (correct: Correct | null, { alpha }: AuditPolicy): Estimate | null =>
  correct === null || correct.by !== 'labels'
    ? null
    : {
        value: mean(correct.values),
        interval: clopperPearson(
          correct.values.reduce((sum, value) => sum + value, 0),
          correct.values.length,
          alpha,
        ),
      }

/** A9. What was answered rightly may fall by no more than the policy's margin; shown one-sided at alpha by exact bounds, questions paired. */
export function testUtility(before: Correct, after: Correct, policy: AuditPolicy): AuditTest {
  const pairs = before.values.length
  const changed = (from: number) =>
    before.values.filter((value, index) => value === from && after.values[index] === 1 - from).length
  const [losses, gains] = [changed(1), changed(0)]
  // A one-sided bound at alpha is the lower end of the interval at 1 − 2·alpha.
  const interval = pairedChangeInterval({ losses, gains, pairs }, 2 * policy.alpha)
  const required = requiredQuestions(policy.utilityMargin, policy.alpha)
  const outcome =
    interval[0] > -policy.utilityMargin ? 'met' : interval[1] < -policy.utilityMargin ? 'not-met' : 'inconclusive'
  const lost =
    outcome === 'inconclusive' ? `; it may be ${percent(Math.max(0, -interval[0]))}, for all that is shown` : ''
  const asked = before.by === 'labels' ? 'k-NN accuracy on held-out pictures' : 'The share of held-out pictures that one view of them finds (there are no labels)' // prettier-ignore
  return {
    id: ID,
    optimisedFor: false,
    effect: { value: (gains - losses) / pairs, interval },
    p: null,
    power: null,
    outcome,
    detail: `${asked} went from ${percent(mean(before.values))} to ${percent(mean(after.values))}; at most ${percent(policy.utilityMargin)} may be lost${lost}.${
      pairs < required ? ` ${pairs} questions are too few to show that; ${required} or more are needed.` : ''
    }`,
    ...(pairs < required ? { code: 'TOO_FEW_QUESTIONS' } : {}),
    parts: [{ label: `by-${before.by}`, effect: { value: mean(after.values), interval: null }, p: null }],
  }
}
