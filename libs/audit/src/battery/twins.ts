import type { AuditPolicy, AuditTest, UnlearningMethod } from '@lethe/domain'
import type { TwinScores } from '../judge/audit-data.js'
import { binomialProbabilities, binomialTail, signTestP } from '../statistics/binomial.js'
import { clopperPearson } from '../statistics/clopper-pearson.js'
import { figure, isOptimisedFor } from './test-context.js'

export interface TwinsInput {
  readonly before: TwinScores
  readonly after: TwinScores
  readonly policy: AuditPolicy
  readonly method: UnlearningMethod
}

interface Wins {
  /** Pairs whose member scores higher. */
  readonly wins: number
  /** Pairs whose scores differ. */
  readonly decided: number
}

function countWins({ members, twins }: TwinScores): Wins {
  let wins = 0
  let decided = 0
  members.forEach((score, pair) => {
    const other = twins[pair] as number
    if (score !== other) decided += 1
    if (score > other) wins += 1
  })
  return { wins, decided }
}

/** Both one-sided exact tests at alpha: the share of pairs lies within ½ ± margin. */
const isNearHalf = (wins: number, pairs: number, margin: number, alpha: number): boolean =>
  pairs > 0 &&
  binomialTail(wins, pairs, 0.5 - margin) < alpha &&
  binomialTail(pairs - wins, pairs, 0.5 - margin) < alpha

/** Chance that a model which never saw either twin is shown to know nothing, exactly. */
export function twinsPower(pairs: number, { aucMargin, alpha }: AuditPolicy): number {
  return binomialProbabilities(pairs, 0.5).reduce(
    (sum, probability, wins) => (isNearHalf(wins, pairs, aucMargin, alpha) ? sum + probability : sum),
    0,
  )
}

/**
 * A10. Which of two twins was trained on was decided by a coin, so a model that forgot scores the member higher in half of the
 * pairs: p is exact and needs neither a retrained model nor an assumption about pictures.
 */
export function testRandomisedTwins({ before, after, policy, method }: TwinsInput): AuditTest {
  const id = 'A10-randomised-twins'
  const first = countWins(before)
  const { wins, decided } = countWins(after)
  const known = binomialTail(first.wins, first.decided, 0.5)
  const p = signTestP(wins, decided)
  const isShown = isNearHalf(wins, decided, policy.aucMargin, policy.alpha)
  const isControlled = known < policy.alpha
  return {
    id,
    optimisedFor: isOptimisedFor(id, method),
    effect: {
      value: decided === 0 ? 0.5 : wins / decided,
      interval: decided === 0 ? null : clopperPearson(wins, decided, policy.alpha),
    },
    p,
    power: twinsPower(decided, policy),
    outcome: isShown && isControlled ? 'met' : !isShown && p < policy.alpha ? 'not-met' : 'inconclusive',
    detail: `The picture that was trained on scores above its twin in ${wins} of ${decided} pairs (exact p ${figure(p)}); before, in ${first.wins} of ${first.decided}${
      isControlled ? '' : ', which shows no memory to lose'
    }.`,
  }
}
