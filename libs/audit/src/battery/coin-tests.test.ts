import { AuditPolicy, randomStream } from '@lethe/domain'
import { describe, expect, it } from 'vitest'
import { coinP, epsilonOf, guessCanaries, guessTwins, testOneRunEpsilon } from './canary-epsilon.js'
import type { TwinScores } from '../judge/audit-data.js'
import { testRandomisedTwins, twinsPower } from './twins.js'

const policy = AuditPolicy.parse({ version: 1 })
const method = 'fine-tune'

/** Scores in which having been trained on is worth `memory` standard deviations. */
function scores(count: number, memory: number, seed: number) {
  const random = randomStream(seed)
  const gauss = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  const included = Array.from({ length: count }, () => random() < 0.5)
  return { included, values: Float64Array.from(included, (isIn) => gauss() + (isIn ? memory : 0)), gauss }
}

function pairs(count: number, memory: number, seed: number): TwinScores {
  const { gauss } = scores(0, 0, seed)
  return {
    members: Float64Array.from({ length: count }, () => gauss() + memory),
    twins: Float64Array.from({ length: count }, gauss),
  }
}

describe('one-run ε', () => {
  const guesses = (memory: number, seed: number) => {
    const { values, included } = scores(400, memory, seed)
    return guessCanaries(values, included)
  }

  it('is above 0 before unlearning and not after, where the scores forgot', () => {
    const test = testOneRunEpsilon({ before: guesses(2, 1), after: guesses(0, 2), policy, method })
    expect(test).toMatchObject({ outcome: 'met', effect: { value: 0 }, optimisedFor: false })
    expect(test.power).toBeGreaterThan(0.99)
    expect(epsilonOf(guesses(2, 1), 0.05, 0).epsilon).toBeGreaterThan(1)
  })

  it('is above 0 as long as members score otherwise than strangers, higher or lower', () => {
    expect(testOneRunEpsilon({ before: guesses(2, 1), after: guesses(1, 2), policy, method }).outcome).toBe('not-met')
    const shunned = testOneRunEpsilon({ before: guesses(2, 1), after: guesses(-2, 2), policy, method })
    expect(shunned).toMatchObject({ outcome: 'not-met', detail: expect.stringContaining('scoring lower') as string })
  })

  it('says nothing where the model before showed nothing, or too few coins were tossed', () => {
    expect(testOneRunEpsilon({ before: guesses(0, 1), after: guesses(0, 2), policy, method }).outcome).toBe(
      'inconclusive',
    )
    const few = (memory: number) => guessTwins(pairs(12, memory, 3).members, pairs(12, 0, 4).twins)
    expect(testOneRunEpsilon({ before: few(3), after: few(0), policy, method }).outcome).toBe('inconclusive')
  })

  it('claims ε for fair coins no more often than alpha, all looks and both sides together', () => {
    let claims = 0
    for (let run = 0; run < 300; run++) claims += epsilonOf(guesses(0, 1000 + run), 0.05, 0).epsilon > 0 ? 1 : 0
    expect(claims).toBeLessThanOrEqual(15 + 12)
  })

  it('is above 0 exactly where the p of all looks together is below alpha', () => {
    for (const [memory, seed] of [0, 0.2, 0.3, 0.4, 0.6, -0.4].flatMap((value) =>
      [3, 4, 5].map((k) => [value, k] as const),
    )) {
      const ordered = guesses(memory, seed)
      expect(coinP(ordered) < 0.05).toBe(epsilonOf(ordered, 0.05, 0).epsilon > 0)
    }
  })

  it('is 0 for an endpoint that scores all canaries alike', () => {
    const flat = guessCanaries(new Float64Array(400), scores(400, 0, 7).included)
    expect(epsilonOf(flat, 0.05, 0).epsilon).toBe(0)
  })

  it('guesses by certainty: extreme scores first, from both ends, abstaining from the middle', () => {
    const ordered = guessCanaries(Float64Array.of(9, 1, 5, 5.5), [true, false, false, false])
    expect(ordered).toEqual([true, true, false, true])
    expect(guessTwins(Float64Array.of(1, 0, 2), Float64Array.of(0.5, 3, 2))).toEqual([false, true, false])
  })
})

describe('randomised twins', () => {
  const before = pairs(300, 2, 1)

  it('are indistinguishable to a model that forgot: exact p, equivalence shown', () => {
    const test = testRandomisedTwins({ before, after: pairs(300, 0, 3), policy, method })
    expect(test.outcome).toBe('met')
    expect(test.p).toBeGreaterThan(0.05)
    expect(test.power).toBeGreaterThan(0.8)
  })

  it('betray a model that remembers, and one that shuns what it was told to forget', () => {
    const same = testRandomisedTwins({ before, after: before, policy, method })
    expect(same.outcome).toBe('not-met')
    expect(same.p).toBeLessThan(1e-12)
    expect(same.effect.interval?.[0]).toBeGreaterThan(0.8)
    expect(testRandomisedTwins({ before, after: pairs(300, -1, 5), policy, method }).outcome).toBe('not-met')
  })

  it('are inconclusive when few, when the model before knew nothing, and when an endpoint answers all alike', () => {
    expect(testRandomisedTwins({ before: pairs(20, 2, 1), after: pairs(20, 0, 2), policy, method }).outcome).toBe(
      'inconclusive',
    )
    expect(testRandomisedTwins({ before: pairs(300, 0, 8), after: pairs(300, 0, 2), policy, method }).outcome).toBe(
      'inconclusive',
    )
    const flat = { members: new Float64Array(300), twins: new Float64Array(300) }
    expect(testRandomisedTwins({ before, after: flat, policy, method })).toMatchObject({
      outcome: 'inconclusive',
      p: 1,
    })
  })

  it('reach the power that is stated, and cry wolf no more often than alpha', () => {
    let [shown, cried] = [0, 0]
    for (let run = 0; run < 200; run++) {
      const test = testRandomisedTwins({ before, after: pairs(250, 0, 50 + run), policy, method })
      shown += test.outcome === 'met' ? 1 : 0
      cried += (test.p ?? 0) < 0.05 ? 1 : 0
    }
    expect(Math.abs(shown / 200 - twinsPower(250, policy))).toBeLessThan(0.09)
    expect(cried).toBeLessThanOrEqual(19)
  })
})
