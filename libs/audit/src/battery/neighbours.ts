import type { AuditTest, CompletePolicy } from '@lethe/domain'
import type { Answers } from '../probe/ask.js'
import { differenceOfMeansInterval } from '../statistics/bootstrap.js'
import { mean } from '../statistics/summary.js'
import { nearestRows } from './nearest-neighbours.js'
import { percent, streamOf } from './test-context.js'

/** Neighbours whose change is looked at. */
const K = 10
/** Retained pictures this near to a forgotten one are its neighbours. */
const REACH = 3

/** Pictures as they are, in one model. */
export interface PlainSets {
  readonly forget: Answers
  readonly heldOut: Answers
  readonly retain: Answers
}

/**
 * A9 of those beside: retained pictures next to forgotten ones may not lose more of their own neighbours (among retained pictures) than
 * held-out pictures lose. Null where answers cannot be compared.
 */
export function testNeighbours(before: PlainSets, after: PlainSets, policy: CompletePolicy): AuditTest | null {
  const id = 'A9-neighbours'
  const isComparable = [before, after].every(
    ({ forget, heldOut, retain }) => forget.dimension === retain.dimension && heldOut.dimension === retain.dimension,
  )
  if (!isComparable || before.retain.count <= K) return null
  const beside = Int32Array.from(new Set(nearestRows(before.forget, before.retain, REACH).rows)).sort()
  const kept = keptNeighbours(before.retain, after.retain, before.retain, after.retain, true)
  const neighbours = Float64Array.from(beside, (row) => kept[row] as number)
  const heldOut = keptNeighbours(before.heldOut, after.heldOut, before.retain, after.retain, false)
  const value = mean(heldOut) - mean(neighbours)
  const interval = differenceOfMeansInterval(
    heldOut,
    neighbours,
    2 * policy.alpha,
    policy.resamples,
    streamOf(policy, id),
  )
  const [low, high] = interval ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  return {
    id,
    optimisedFor: false,
    effect: { value, interval },
    p: null,
    power: null,
    outcome: high < policy.neighbourMargin ? 'met' : low > policy.neighbourMargin ? 'not-met' : 'inconclusive',
    detail: `Retained pictures beside forgotten ones keep ${percent(mean(neighbours))} of their ${K} neighbours, held-out pictures ${percent(mean(heldOut))}; at most ${percent(policy.neighbourMargin)} more may be lost.`,
  }
}

/** Per query the share of its K nearest references before that are among its K nearest after. */
function keptNeighbours(
  queriesBefore: Answers,
  queriesAfter: Answers,
  before: Answers,
  after: Answers,
  skipsOwn: boolean,
): Float64Array {
  const first = nearestRows(queriesBefore, before, K, { skipsOwn })
  const second = nearestRows(queriesAfter, after, K, { skipsOwn })
  return Float64Array.from({ length: first.count }, (_, query) => {
    const own = second.rows.subarray(query * second.k, (query + 1) * second.k)
    let shared = 0
    for (let place = query * first.k; place < (query + 1) * first.k; place++)
      if (own.includes(first.rows[place] as number)) shared += 1
    return shared / first.k
  })
}
