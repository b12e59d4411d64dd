import { randomStream } from '@lethe/domain'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { predictionInterval } from '../battery/retrain-reference.js'
import { holm } from './holm.js'
import { pairedChangeInterval, requiredQuestions } from './paired-change.js'
import { pairedPower, requiredPairs, studentQuantile, studentTail } from './student.js'

interface Reference {
  readonly studentQuantile: [number, number, number][]
  readonly studentTail: [number, number, number, number][]
  readonly pairedPower: [number, number, number, number][]
  readonly pairedChange: [number, number, number, number, number, number][]
}

/**
 * From SciPy: scipy.stats.t and nct; the paired change by its definition on scipy.stats.binom over every number of changes, the bound
 * found by scipy.optimize.brentq.
 */
const reference = JSON.parse(readFileSync(new URL('./fixtures/power.json', import.meta.url), 'utf8')) as Reference

describe('holm', () => {
  it('adjusts as published', () => {
    // Four hypotheses with p .01, .04, .03, .005 (the worked example of the method in Wikipedia's article).
    holm([0.01, 0.04, 0.03, 0.005]).forEach((p, k) => expect(p).toBeCloseTo([0.03, 0.06, 0.06, 0.02][k] as number, 12))
    expect(holm([])).toEqual([])
    expect(holm([0.7, 0.9])).toEqual([1, 1])
  })

  it('keeps the family’s error where each test alone would not', () => {
    const random = randomStream(5)
    let [alone, together] = [0, 0]
    for (let trial = 0; trial < 4000; trial++) {
      const ps = Array.from({ length: 5 }, () => random())
      if (ps.some((p) => p < 0.05)) alone += 1
      if (holm(ps).some((p) => p < 0.05)) together += 1
    }
    expect(alone / 4000).toBeGreaterThan(0.2)
    expect(together / 4000).toBeLessThan(0.06)
  })
})

describe('Student', () => {
  it('agrees with SciPy, noncentral too', () => {
    for (const [p, freedom, t] of reference.studentQuantile) expect(studentQuantile(p, freedom) / t).toBeCloseTo(1, 4)
    for (const [t, freedom, shift, p] of reference.studentTail) expect(studentTail(t, freedom, shift)).toBeCloseTo(p, 6)
    for (const [count, d, alpha, power] of reference.pairedPower)
      expect(pairedPower(count, d, alpha)).toBeCloseTo(power, 6)
  })

  it('needs the published number of pairs for d of .2, .3, .5 and .8, one-sided at .05 with power .8', () => {
    const effects = [0.2, 0.3, 0.5, 0.8]
    // By the exact distribution, as G*Power has it.
    expect(effects.map((d) => requiredPairs(d, 0.05, 0.8))).toEqual([156, 71, 27, 12])
    // Guenther's approximation (zα + zβ)²/d² + zα²/2, rounded, is off by one at most.
    effects.forEach((d, k) => expect(pairedPower([156, 70, 26, 11][k] as number, d, 0.05)).toBeGreaterThan(0.79))
    expect(pairedPower(1, 0.5, 0.05)).toBe(0)
  })

  it('predicts one more value about as often as it says', () => {
    const random = randomStream(8)
    const gauss = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
    let inside = 0
    for (let trial = 0; trial < 150; trial++) {
      const [low, high] = predictionInterval([gauss(), gauss(), gauss(), gauss()], 0.1) as [number, number]
      const next = gauss()
      if (low <= next && next <= high) inside += 1
    }
    expect(inside / 150).toBeGreaterThan(0.83)
    expect(inside / 150).toBeLessThan(0.97)
    expect(predictionInterval([0.5], 0.1)).toBeNull()
  })
})

describe('the change of paired questions', () => {
  it.each(reference.pairedChange)('agrees with SciPy for %i lost and %i gained of %i', (losses, gains, pairs, alpha, low, high) => {
    const interval = pairedChangeInterval({ losses, gains, pairs }, alpha)
    expect(interval[0]).toBeCloseTo(low, 3)
    expect(interval[1]).toBeCloseTo(high, 3)
  }) // prettier-ignore

  it('covers the truth at least as often as it says, also where hardly anything changes', () => {
    for (const [losing, gaining] of [
      [0.02, 0.02],
      [0.1, 0.02],
      [0.3, 0.25],
    ] as const) {
      // prettier-ignore
      const random = randomStream(1000 * losing)
      let covered = 0
      for (let trial = 0; trial < 100; trial++) {
        let [losses, gains] = [0, 0]
        for (let pair = 0; pair < 40; pair++) {
          const draw = random()
          if (draw < losing) losses += 1
          else if (draw < losing + gaining) gains += 1
        }
        if (pairedChangeInterval({ losses, gains, pairs: 40 }, 0.2)[0] <= gaining - losing) covered += 1
      }
      // 90 % one-sided; a binomial of 100 strays by 3 points.
      expect(covered / 100).toBeGreaterThan(0.84)
    }
  })

  it('is never a point, and says how many questions it takes to show no loss', () => {
    const needed = requiredQuestions(0.05, 0.05)
    const lowest = (pairs: number) => pairedChangeInterval({ losses: 0, gains: 0, pairs }, 0.1)[0]
    expect(lowest(needed)).toBeGreaterThan(-0.05)
    expect(lowest(needed - 1)).toBeLessThanOrEqual(-0.05)
  })
})
