import type { AuditTest, CompletePolicy } from '@lethe/domain'
import type { KeptNeighbours } from '../judge/audit-data.js'
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

/** How much of their neighbourhood among retained pictures those beside forgotten ones keep, and held-out ones. Null where answers cannot be compared. */
export function measureNeighbours(before: PlainSets, after: PlainSets): KeptNeighbours | null {
  const isComparable = [before, after].every(
    ({ forget, heldOut, retain }) => forget.dimension === retain.dimension && heldOut.dimension === retain.dimension,
  )
  if (!isComparable || before.retain.count <= K) return null
  const beside = Int32Array.from(new Set(nearestRows(before.forget, before.retain, REACH).rows)).sort()
  const kept = keptNeighbours(before.retain, after.retain, before.retain, after.retain, true)
  return {
    beside: Float64Array.from(beside, (row) => kept[row] as number),
    heldOut: keptNeighbours(before.heldOut, after.heldOut, before.retain, after.retain, false),
  }
}

/** A9 of those beside: retained pictures next to forgotten ones may not lose more of their own neighbours than held-out pictures lose. */
export function testNeighbours({ beside, heldOut }: KeptNeighbours, policy: CompletePolicy): AuditTest {
  const id = 'A9-neighbours'
  const value = mean(heldOut) - mean(beside)
  const random = streamOf(policy, id)
  const interval = differenceOfMeansInterval(heldOut, beside, 2 * policy.alpha, policy.resamples, random)
  const [low, high] = interval ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  return {
    id,
    optimisedFor: false,
    effect: { value, interval },
    p: null,
    power: null,
    outcome: high < policy.neighbourMargin ? 'met' : low > policy.neighbourMargin ? 'not-met' : 'inconclusive',
    detail: `Retained pictures beside forgotten ones keep ${percent(mean(beside))} of their ${K} neighbours, held-out pictures ${percent(mean(heldOut))}; at most ${percent(policy.neighbourMargin)} more may be lost.`,
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
