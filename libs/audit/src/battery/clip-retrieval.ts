import type { AuditPolicy, AuditTest } from '@lethe/domain'
import type { Ranks, RetrievalRanks } from '../judge/audit-data.js'
import { dot, type Answers } from '../probe/ask.js'
import { bcaInterval } from '../statistics/bca.js'
import { mean } from '../statistics/summary.js'
import { percent, streamOf } from './test-context.js'

export const RECALL_DEPTHS = [1, 5, 10] as const
/** The depth that utility is judged at. */
const JUDGED_DEPTH = 5

/**
 * Ranks of matched pairs. What ties with the partner stands before it, so that an endpoint that answers everything alike finds
 * nothing; an equal text is as right as one's own.
 */
export function retrievalRanks(pictures: Answers, texts: Answers, captions: readonly string[]): Ranks {
  const { count, dimension } = pictures
  const ranks = new Int32Array(2 * count).fill(count)
  if (texts.dimension !== dimension || texts.count !== count) return ranks
  const cosine = (picture: number, text: number) => dot(pictures.unit, picture, texts.unit, text, dimension)
  for (let query = 0; query < count; query++) {
    const own = cosine(query, query)
    let [before, beforeText] = [1, 1]
    for (let other = 0; other < count; other++) {
      if (other === query || captions[other] === captions[query]) continue
      if (cosine(query, other) >= own) before += 1
      if (cosine(other, query) >= own) beforeText += 1
    }
    ranks[query] = before
    ranks[count + query] = beforeText
  }
  return ranks
}

/** Share of queries whose partner is among the first `depth` answers. */
export const recallAt = (ranks: Ranks, depth: number): number => mean(hitsAt(ranks, depth))

const hitsAt = (ranks: Ranks, depth: number): Float64Array =>
  Float64Array.from(ranks, (rank) => (rank <= depth ? 1 : 0))

/** A9 for pictures with texts: recall may fall by no more than the policy's margin on either set, shown one-sided, queries paired. */
export function testRetrieval(before: RetrievalRanks, after: RetrievalRanks, policy: AuditPolicy): AuditTest {
  const id = 'A9-retrieval'
  const random = streamOf(policy, id)
  const changes = (['retain', 'heldOut'] as const).map((set) => {
    const [first, second] = [hitsAt(before[set], JUDGED_DEPTH), hitsAt(after[set], JUDGED_DEPTH)]
    // Both directions of one pair fall together: pairs are resampled, not queries.
    const pairs = first.length / 2
    const change = Float64Array.from({ length: pairs }, (_, pair) =>
      mean([pair, pairs + pair].map((query) => (second[query] as number) - (first[query] as number))),
    )
    return { value: mean(change), interval: bcaInterval(change, 2 * policy.alpha, policy.resamples, random) }
  })
  const worst = changes.reduce((low, change) => (change.value < low.value ? change : low))
  const isKept = changes.every(({ interval }) => interval !== null && interval[0] > -policy.utilityMargin)
  const isLost = changes.some(({ interval }) => interval !== null && interval[1] < -policy.utilityMargin)
  return {
    id,
    optimisedFor: false,
    effect: { value: worst.value, interval: worst.interval },
    p: null,
    power: null,
    outcome: isKept ? 'met' : isLost ? 'not-met' : 'inconclusive',
    detail: `Retrieval at 1, 5 and 10, retained pairs: ${recalls(before.retain)} before, ${recalls(after.retain)} after; unseen pairs: ${recalls(before.heldOut)} before, ${recalls(after.heldOut)} after.`,
  }
}

const recalls = (ranks: Ranks): string => RECALL_DEPTHS.map((depth) => percent(recallAt(ranks, depth))).join(', ')
