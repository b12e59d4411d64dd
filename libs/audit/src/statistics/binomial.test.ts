import { readFileSync } from 'node:fs'
import { randomStream } from '@lethe/domain'
import { describe, expect, it } from 'vitest'
import { binomialTail, signTestP } from './binomial.js'
import { clopperPearson } from './clopper-pearson.js'
import { epsilonLowerBound, oneRunP, type CoinGuesses } from './one-run-epsilon.js'

/**
 * From SciPy 1.17.1: scipy.stats.binom and binomtest; the bound by theorem 5.2 of arXiv 2305.08846 as it stands there, over
 * scipy.stats.binom.sf, its root by scipy.optimize.brentq.
 */
const reference = JSON.parse(readFileSync(new URL('./fixtures/binomial.json', import.meta.url), 'utf8')) as {
  oneRun: (CoinGuesses & { delta: number; alpha: number; pAtOne: number; bound: number })[]
  binomialTails: { least: number; trials: number; success: number; p: number }[]
  signTests: { heads: number; tosses: number; p: number }[]
  intervals: { successes: number; trials: number; alpha: number; interval: [number, number] }[]
}

describe('binomial', () => {
  it('agrees with SciPy on tails of thousands of trials and on the sign test', () => {
    for (const { least, trials, success, p } of reference.binomialTails)
      expect(Math.abs(binomialTail(least, trials, success) / p - 1)).toBeLessThan(1e-9)
    for (const { heads, tosses, p } of reference.signTests) expect(signTestP(heads, tosses)).toBeCloseTo(p, 12)
  })

  it('agrees with SciPy on exact intervals, at the ends too', () => {
    for (const { successes, trials, alpha, interval } of reference.intervals)
      clopperPearson(successes, trials, alpha).forEach((limit, end) =>
        expect(limit).toBeCloseTo(interval[end] as number, 10),
      )
  })

  it('knows certain coins', () => {
    expect([binomialTail(3, 5, 0), binomialTail(0, 5, 0), binomialTail(5, 5, 1)]).toEqual([0, 1, 1])
  })
})

describe('epsilonLowerBound', () => {
  it('agrees with a reference written from the theorem, with and without δ', () => {
    for (const { delta, alpha, pAtOne, bound, ...guesses } of reference.oneRun) {
      expect(oneRunP(guesses, 1, delta)).toBeCloseTo(pAtOne, 10)
      expect(epsilonLowerBound(guesses, alpha, delta)).toBeCloseTo(bound, 8)
    }
  })

  it('exceeds the true ε of randomised response no more often than alpha says', () => {
    const epsilon = 1
    const share = 1 / (1 + Math.exp(-epsilon))
    let tooLarge = 0
    for (let run = 0; run < 400; run++) {
      const random = randomStream(9, run)
      let right = 0
      for (let coin = 0; coin < 300; coin++) right += random() < share ? 1 : 0
      if (epsilonLowerBound({ coins: 300, guesses: 300, right }, 0.05) > epsilon) tooLarge += 1
    }
    // 5 % of 400, and three standard deviations.
    expect(tooLarge).toBeLessThanOrEqual(33)
    expect(tooLarge).toBeGreaterThan(0)
  })
})
