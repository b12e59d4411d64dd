import type { AuditPolicy, AuditTest, UnlearningMethod } from '@lethe/domain'
import { binomialTail } from '../statistics/binomial.js'
import { epsilonLowerBound } from '../statistics/one-run-epsilon.js'
import { figure, isOptimisedFor } from './test-context.js'

/** Code of an ε that shows because what was forgotten is treated as stranger than what was never seen. */
export const MEMBERS_SCORE_LOWER = 'MEMBERS_SCORE_LOWER'

/** One entry per coin, the most certain guess first: whether it was right. */
export type OrderedGuesses = readonly boolean[]

/** Shares of the coins that are guessed at; fixed beforehand, and each pays for the others in alpha. */
const GUESSED_SHARES = [1, 1 / 2, 1 / 4, 1 / 10]
/** A score may betray membership from either side. */
const SIDES = 2

/**
 * Guesses at randomly included canaries: the highest score is the most certain member, the lowest the most certain stranger.
 * `included[i]` is the coin of canary i.
 */
export function guessCanaries(scores: Float64Array, included: ArrayLike<boolean | number>): OrderedGuesses {
  const descending = Array.from(scores.keys()).sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b)
  const last = descending.length - 1
  return descending.map((_, place) => {
    const isTop = place % 2 === 0
    const canary = descending[isTop ? place / 2 : last - (place - 1) / 2] as number
    return Boolean(included[canary]) === isTop
  })
}

/** Guesses at which of two twins was trained on: the larger difference is the more certain. Equal scores are a wrong guess. */
export function guessTwins(members: Float64Array, twins: Float64Array): OrderedGuesses {
  const differences = members.map((score, pair) => score - (twins[pair] as number))
  return Array.from(differences)
    .sort((a, b) => Math.abs(b) - Math.abs(a))
    .map((difference) => difference > 0)
}

export interface GuessedEpsilon {
  readonly epsilon: number
  readonly guesses: number
  readonly right: number
  /** Members were those with the lower scores. */
  readonly isReversed: boolean
}

const alphaOfEach = (alpha: number) => alpha / (SIDES * GUESSED_SHARES.length)

/** The largest of the bounds that all guessed shares and both sides give, at level alpha together. */
export function epsilonOf(ordered: OrderedGuesses, alpha: number, delta: number): GuessedEpsilon {
  let best: GuessedEpsilon = { epsilon: 0, guesses: ordered.length, right: countRight(ordered), isReversed: false }
  for (const share of GUESSED_SHARES)
    for (const isReversed of [false, true]) {
      const guesses = Math.ceil(share * ordered.length)
      const agreeing = countRight(ordered.slice(0, guesses))
      const right = isReversed ? guesses - agreeing : agreeing
      const epsilon = epsilonLowerBound({ coins: ordered.length, guesses, right }, alphaOfEach(alpha), delta)
      if (epsilon > best.epsilon) best = { epsilon, guesses, right, isReversed }
    }
  return best
}

const countRight = (ordered: OrderedGuesses): number => ordered.filter((isRight) => isRight).length

/** p of "the scores know nothing of the coins", over all looks and both sides (Bonferroni). */
export function coinP(ordered: OrderedGuesses): number {
  const looks = GUESSED_SHARES.flatMap((share) => {
    const guesses = Math.ceil(share * ordered.length)
    const right = countRight(ordered.slice(0, guesses))
    return [right, guesses - right].map((agreeing) => binomialTail(agreeing, guesses, 0.5))
  })
  return Math.min(1, looks.length * Math.min(...looks))
}

/** Chance that a model which is guessed at as well as this one shows an ε above 0 again. */
function chanceToShow({ guesses, right }: GuessedEpsilon, alpha: number): number {
  let least = right
  while (least > 0 && binomialTail(least - 1, guesses, 0.5) < alphaOfEach(alpha)) least -= 1
  return binomialTail(least, guesses, right / guesses)
}

export interface OneRunInput {
  readonly before: OrderedGuesses
  readonly after: OrderedGuesses
  /** δ of the guarantee that is refuted. */
  readonly delta?: number
  readonly policy: AuditPolicy
  readonly method: UnlearningMethod
}

/**
 * A7. What the scores say of coins that were tossed before training, as a lower bound on ε (arXiv 2305.08846): above 0 before
 * unlearning, or nothing was measured, and not after.
 */
export function testOneRunEpsilon({ before, after, delta = 0, policy, method }: OneRunInput): AuditTest {
  const id = 'A7-one-run-epsilon'
  const first = epsilonOf(before, policy.alpha, delta)
  const second = epsilonOf(after, policy.alpha, delta)
  const power = first.epsilon > 0 ? chanceToShow(first, policy.alpha) : 0
  const isPowered = first.epsilon > 0 && power >= policy.minimumPower
  return {
    id,
    optimisedFor: isOptimisedFor(id, method),
    effect: { value: second.epsilon, interval: null },
    p: null,
    power,
    outcome: second.epsilon > 0 ? 'not-met' : isPowered ? 'met' : 'inconclusive',
    detail: `${before.length} coins: the model before shows ε ≥ ${figure(first.epsilon)} (${first.right} of ${first.guesses} guesses right), the model after ${
      second.epsilon > 0
        ? `still ε ≥ ${figure(second.epsilon)} (${second.right} of ${second.guesses}${second.isReversed ? ', members scoring lower' : ''})`
        : 'none above 0'
    }${isPowered || second.epsilon > 0 ? '' : '; too little was to be seen before for this to mean anything'}.`,
    ...(second.isReversed ? { code: MEMBERS_SCORE_LOWER } : {}),
  }
}
