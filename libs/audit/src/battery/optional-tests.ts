import { shuffledIndices, type AuditPolicy, type AuditTest, type UnlearningMethod } from '@lethe/domain'
import type { AuditData, CanaryScores, TwinScores } from '../judge/audit-data.js'
import { coinP, guessCanaries, guessTwins, testOneRunEpsilon, type OrderedGuesses } from './canary-epsilon.js'
import { pairAuc, testClipAlignment } from './clip-alignment.js'
import { testRetrieval } from './clip-retrieval.js'
import { twoSidedP } from './membership-family.js'
import { testRecovery } from './recovery.js'
import { streamOf, type Accusation } from './test-context.js'
import { testRandomisedTwins } from './twins.js'
import { testULira } from './u-lira.js'

export interface OptionalTests {
  readonly tests: readonly AuditTest[]
  readonly accusations: readonly Accusation[]
}

/** Tests of what an audit has besides pictures: coins that were tossed before training, texts, or the weights of a laboratory. */
export function runOptionalTests(data: AuditData): OptionalTests {
  const parts = [coinTests(data), textTests(data), laboratoryTests(data)]
  return {
    tests: parts.flatMap(({ tests }) => tests),
    accusations: parts.flatMap(({ accusations }) => accusations),
  }
}

/** A10 on twins, A7 on twins or canaries. */
function coinTests({ twins, canaries, policy, method }: AuditData): OptionalTests {
  const tests: AuditTest[] = []
  const accusations: Accusation[] = []
  if (twins !== null) {
    const test = testRandomisedTwins({ ...twins, policy, method })
    tests.push(test)
    accusations.push([test.id, test.p ?? 1])
  }
  const guesses = guessesOf({ twins, canaries, policy })
  if (guesses !== null) {
    const test = testOneRunEpsilon({ ...guesses, policy, method })
    tests.push(test)
    accusations.push([test.id, coinP(guesses.after)])
  }
  return { tests, accusations }
}

/** Canaries have a coin each and speak before twins do. */
function guessesOf({ twins, canaries, policy }: Pick<AuditData, 'twins' | 'canaries' | 'policy'>) {
  const onBoth = <Scores>(scores: { before: Scores; after: Scores }, guess: (of: Scores) => OrderedGuesses) => ({
    before: guess(scores.before),
    after: guess(scores.after),
  })
  if (canaries !== null) return onBoth(canaries, (scores: CanaryScores) => guessIncluded(scores, policy))
  return twins === null ? null : onBoth(twins, (scores: TwinScores) => guessTwins(scores.members, scores.twins))
}

/** In an order that knows nothing of the coins, so that equal scores are guessed at like coins. */
function guessIncluded({ included, excluded }: CanaryScores, policy: AuditPolicy): OrderedGuesses {
  const order = shuffledIndices(included.length + excluded.length, streamOf(policy, 'A7-one-run-epsilon'))
  const isIncluded = Array.from(order, (index) => index < included.length)
  const scores = new Float64Array(order.length)
  scores.set(included)
  scores.set(excluded, included.length)
  return guessCanaries(
    Float64Array.from(order, (index) => scores[index] as number),
    isIncluded,
  )
}

/** A11 and retrieval, where both models read texts and all sets have them. */
function textTests({ texts, policy, method }: AuditData): OptionalTests {
  if (texts === null) return { tests: [], accusations: [] }
  const { before, after, defect } = texts
  const alignment = testClipAlignment({ before: before.pairs, after: after.pairs, policy, method })
  const answered: AuditTest =
    defect === null
      ? alignment
      : { ...alignment, outcome: 'inconclusive', detail: `Texts were not answered: ${defect}.` }
  return {
    tests: [answered, testRetrieval(before.ranks, after.ranks, policy)],
    accusations: [[answered.id, twoSidedP(pairAuc(after.pairs))]],
  }
}

/** A8 and A6, of whoever holds the weights. They stand in the report and count. */
function laboratoryTests({ recovery, shadows, policy, method }: AuditData): OptionalTests {
  const by: { policy: AuditPolicy; method: UnlearningMethod } = { policy, method }
  return {
    tests: [
      ...(recovery === null ? [] : [testRecovery({ ...recovery, ...by })]),
      ...(shadows === null ? [] : [testULira({ ...shadows, ...by })]),
    ],
    accusations: [],
  }
}
