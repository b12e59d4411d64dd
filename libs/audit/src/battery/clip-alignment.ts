import { auditPower, type AuditPolicy, type AuditTest, type UnlearningMethod } from '@lethe/domain'
import type { PairScores } from '../judge/audit-data.js'
import type { Answers } from '../probe/ask.js'
import { pairCosines } from '../probe/text-embeddings.js'
import type { ViewEmbeddings } from '../probe/view-embeddings.js'
import { differenceOfMeansInterval } from '../statistics/bootstrap.js'
import { aucInterval, aucOf, type AucEstimate } from '../statistics/de-long.js'
import { mean, type Interval } from '../statistics/summary.js'
import { testEquivalence } from '../statistics/tost.js'
import { alignmentDrop } from './forgetting-score.js'
import { figure, isOptimisedFor, streamOf } from './test-context.js'

/** Code where the model before knew forgotten pairs no better than unseen ones. */
export const NOTHING_REMEMBERED = 'NOTHING_REMEMBERED'

/** One set as a model with a text tower sees it. */
export interface PairedSet {
  readonly pictures: ViewEmbeddings
  readonly texts: Answers
}

/** Cosines closer to ±1 than this have no finite Fisher z in float32. */
const LARGEST_COSINE = 1 - 1e-6
const fisher = (cosine: number) => Math.atanh(Math.max(-LARGEST_COSINE, Math.min(LARGEST_COSINE, cosine)))

export function scorePairs(forget: PairedSet, heldOut: PairedSet): PairScores {
  const cosines = { forget: cosinesOf(forget), heldOut: cosinesOf(heldOut) }
  const meanOver = (views: readonly Float64Array[], transform: (cosine: number) => number) =>
    Float64Array.from(views[0] ?? [], (_, pair) => mean(views.map((view) => transform(view[pair] as number))))
  return {
    alignment: {
      forget: meanOver(cosines.forget, (cosine) => cosine),
      heldOut: meanOver(cosines.heldOut, (cosine) => cosine),
    },
    scores: { forget: meanOver(cosines.forget, fisher), heldOut: meanOver(cosines.heldOut, fisher) },
  }
}

const cosinesOf = ({ pictures, texts }: PairedSet) => pairCosines(pictures, texts)

/** Fall of matched alignment from one model to another: the forgetting score of pairs, on both sets, and their difference. */
export function pairDrops(before: PairScores, after: PairScores, policy: AuditPolicy) {
  const forget = alignmentDrop(before.alignment.forget, after.alignment.forget)
  const heldOut = alignmentDrop(before.alignment.heldOut, after.alignment.heldOut)
  const random = streamOf(policy, 'A11-clip-alignment')
  return {
    forgettingScore: mean(forget),
    differenceInDifferences: mean(forget) - mean(heldOut),
    interval: differenceOfMeansInterval(forget, heldOut, policy.alpha, policy.resamples, random),
  }
}

export interface ClipAlignmentInput {
  readonly before: PairScores
  readonly after: PairScores
  readonly policy: AuditPolicy
  readonly method: UnlearningMethod
}

/** How well the agreement of pairs tells forgotten from unseen ones. */
export const pairAuc = ({ scores }: PairScores): AucEstimate => aucOf(scores.forget, scores.heldOut)

/**
 * A11. CLIP remembers pairs: how well a picture agrees with its own text must not tell forgotten pairs from unseen ones; two-sided
 * equivalence as in A4. Movement is told as a difference in differences, because a β above 0 lowers every cosine.
 */
export function testClipAlignment({ before, after, policy, method }: ClipAlignmentInput): AuditTest {
  const id = 'A11-clip-alignment'
  const [first, second] = [pairAuc(before), pairAuc(after)]
  const { p, isShown } = testEquivalence(second, policy.aucMargin, policy.alpha)
  const interval: Interval = aucInterval(second, policy.alpha)
  const excludesHalf = interval[0] > 0.5 || interval[1] < 0.5
  const remembered = aucInterval(first, policy.alpha)[0] > 0.5
  const drops = pairDrops(before, after, policy)
  const range = drops.interval === null ? '' : `, interval ${figure(drops.interval[0])} to ${figure(drops.interval[1])}`
  return {
    id,
    optimisedFor: isOptimisedFor(id, method),
    effect: { value: second.auc, interval },
    p,
    power: auditPower({
      forgetCount: after.scores.forget.length,
      heldOutCount: after.scores.heldOut.length,
      policy,
    }),
    outcome: isShown && remembered ? 'met' : !isShown && excludesHalf ? 'not-met' : 'inconclusive',
    detail: `By the agreement of pictures with their own texts, forgotten pairs are told from unseen ones with AUC ${figure(second.auc)} (before: ${figure(first.auc)}${
      remembered ? '' : ', no memory to lose'
    }); it fell by ${figure(drops.differenceInDifferences)} more on forgotten pairs${range}.`,
    ...(remembered ? {} : { code: NOTHING_REMEMBERED }),
  }
}
