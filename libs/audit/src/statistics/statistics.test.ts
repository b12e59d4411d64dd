import { readFileSync } from 'node:fs'
import { auditPower, AuditPolicy, randomStream } from '@lethe/domain'
import { describe, expect, it } from 'vitest'
import { bcaInterval } from './bca.js'
import { differenceOfMeansInterval, matrixMeans, nodeBootstrapIntervals } from './bootstrap.js'
import { aucContrast, aucInterval, aucOf, placements, truePositiveRate } from './de-long.js'
import { normalCdf, normalQuantile } from './normal.js'
import { labelPermutationP, signFlipP } from './permutation.js'
import { ridgeSolver } from './ridge.js'
import { testEquivalence } from './tost.js'

interface Reference {
  readonly normal: { cdf: [number, number][]; quantile: [number, number][] }
  readonly bca: { values: number[]; interval: [number, number] }
  readonly signFlip: { values: number[]; p: number }
  readonly labelPermutation: { first: number[]; second: number[]; p: number }
  readonly deLong: {
    positives: number[][]
    negatives: number[][]
    auc: number[]
    standardErrors: number[]
    contrast: number
    contrastStandardError: number
    mannWhitney: number
  }
  readonly tost: { auc: number; standardError: number; margin: number; p: number }[]
  readonly power: { positives: number; negatives: number; margin: number; simulated: number }[]
  readonly ridge: { rows: number[][]; targets: number[]; penalty: number; coefficients: number[] }
}

/**
 * From SciPy 1.17.1 and NumPy 2.4.6: scipy.stats.norm; bootstrap(method='BCa') and permutation_test with 200,000 resamples;
 * DeLong's covariance by its definition over all pairs, with ties; power by 4,000 simulated audits on normal scores.
 */
const reference = JSON.parse(readFileSync(new URL('./fixtures/statistics.json', import.meta.url), 'utf8')) as Reference

describe('normal', () => {
  it('agrees with SciPy', () => {
    for (const [z, p] of reference.normal.cdf) expect(normalCdf(z)).toBeCloseTo(p, 12)
    for (const [p, z] of reference.normal.quantile) expect(normalQuantile(p)).toBeCloseTo(z, 9)
  })
})

describe('bcaInterval', () => {
  const { values, interval } = reference.bca

  it('agrees with SciPy on skewed values, within resampling error', () => {
    const [low, high] = bcaInterval(Float64Array.from(values), 0.05, 50_000, randomStream(1)) as [number, number]
    expect(Math.abs(low - interval[0])).toBeLessThan(0.01)
    expect(Math.abs(high - interval[1])).toBeLessThan(0.02)
  })

  it('is a point where all values are equal, nothing where there is one, and repeats itself for a seed', () => {
    expect(bcaInterval(new Float64Array(9).fill(0.3), 0.05, 200, randomStream(1))?.[0]).toBeCloseTo(0.3, 12)
    expect(bcaInterval(Float64Array.of(1), 0.05, 200, randomStream(1))).toBeNull()
    const again = () => bcaInterval(Float64Array.from(values), 0.05, 500, randomStream(4))
    expect(again()).toEqual(again())
  })

  it('covers the mean of skewed samples about as often as it says', () => {
    let covered = 0
    for (let trial = 0; trial < 300; trial++) {
      const random = randomStream(77, trial)
      const sample = Float64Array.from({ length: 50 }, () => -Math.log(1 - random()))
      const [low, high] = bcaInterval(sample, 0.1, 400, random) as [number, number]
      if (low <= 1 && 1 <= high) covered += 1
    }
    // 90 % nominal; a binomial of 300 strays by 1.7 points.
    expect(covered / 300).toBeGreaterThan(0.84)
    expect(covered / 300).toBeLessThan(0.95)
  })
})

describe('permutation tests', () => {
  it('agree with SciPy within resampling error', () => {
    const { signFlip, labelPermutation } = reference
    expect(Math.abs(signFlipP(Float64Array.from(signFlip.values), 20_000, randomStream(1)) - signFlip.p)).toBeLessThan(
      0.01,
    )
    const [first, second] = [labelPermutation.first, labelPermutation.second].map((values) => Float64Array.from(values))
    const p = labelPermutationP(first as Float64Array, second as Float64Array, 20_000, randomStream(1))
    expect(Math.abs(p - labelPermutation.p)).toBeLessThan(0.01)
  })

  it('never give 0, and are one-sided', () => {
    const shifted = Float64Array.from({ length: 30 }, (_, k) => 5 + Math.sin(k))
    expect(signFlipP(shifted, 999, randomStream(1))).toBe(1 / 1000)
    expect(
      signFlipP(
        shifted.map((value) => -value),
        999,
        randomStream(1),
      ),
    ).toBe(1)
    expect(labelPermutationP(new Float64Array(5), shifted, 999, randomStream(1))).toBe(1)
  })
})

describe('DeLong', () => {
  const { positives, negatives, auc, standardErrors, contrast, contrastStandardError, mannWhitney } = reference.deLong

  it('agrees with its definition over all pairs, ties included, and with Mann–Whitney', () => {
    positives.forEach((scores, k) => {
      const estimate = aucOf(scores, negatives[k] as number[])
      expect(estimate.auc).toBeCloseTo(auc[k] as number, 12)
      expect(estimate.standardError).toBeCloseTo(standardErrors[k] as number, 12)
    })
    expect(aucOf(positives[0] as number[], negatives[0] as number[]).auc).toBeCloseTo(mannWhitney, 12)
  })

  it('keeps correlations in a contrast between scorers of the same samples', () => {
    const [one, ...others] = positives.map((scores, k) => placements(scores, negatives[k] as number[]))
    const estimate = aucContrast(one as ReturnType<typeof placements>, others)
    expect(estimate.auc).toBeCloseTo(contrast, 12)
    expect(estimate.standardError).toBeCloseTo(contrastStandardError, 12)
  })

  it('knows full separation, full ties, and keeps intervals within [0, 1]', () => {
    expect(aucOf([3, 4], [1, 2])).toEqual({ auc: 1, standardError: 0 })
    expect(aucOf([1, 1, 1], [1, 1])).toEqual({ auc: 0.5, standardError: 0 })
    expect(aucInterval({ auc: 0.98, standardError: 0.05 }, 0.05)[1]).toBe(1)
  })

  it('counts true positives above the score that the allowed share of negatives exceeds', () => {
    const negatives = Array.from({ length: 100 }, (_, k) => k)
    expect(truePositiveRate([97.5, 98.5, 99.5, 3], negatives, 0.01)).toBe(0.5)
    expect(truePositiveRate([97.5, 98.5, 99.5, 3], negatives, 0)).toBe(0.25)
  })
})

describe('equivalence', () => {
  it.each(reference.tost)('agrees with SciPy at AUC $auc ± $standardError, margin $margin', (expected) => {
    const { p, isShown } = testEquivalence(expected, expected.margin, 0.05)
    expect(p).toBeCloseTo(expected.p, 9)
    expect(isShown).toBe(expected.p < 0.05)
  })

  it('is shown exactly when the interval at 1 − 2α lies inside the margin', () => {
    for (let step = 0; step <= 40; step++) {
      const estimate = { auc: 0.35 + step * 0.0075, standardError: 0.02 }
      const [low, high] = aucInterval(estimate, 0.1)
      expect(testEquivalence(estimate, 0.1, 0.05).isShown).toBe(low > 0.4 && high < 0.6)
    }
  })

  it.each(reference.power)(
    'has the power that simulated audits had: $positives against $negatives at $margin',
    (setting) => {
      const power = auditPower({
        forgetCount: setting.positives,
        heldOutCount: setting.negatives,
        policy: AuditPolicy.parse({ version: 1, aucMargin: setting.margin, alpha: 0.05 }),
      })
      expect(Math.abs(power - setting.simulated)).toBeLessThan(0.03)
    },
  )

  it('has no power without pictures', () => {
    const policy = AuditPolicy.parse({ version: 1 })
    expect(auditPower({ forgetCount: 0, heldOutCount: 100, policy })).toBe(0)
    expect(auditPower({ forgetCount: 2, heldOutCount: 2, policy })).toBe(0)
  })
})

describe('bootstrap of matrices and differences', () => {
  it('separates the diagonal from the rest, and covers the truth', () => {
    const n = 40
    const random = randomStream(9)
    const effect = Float64Array.from({ length: n }, () => random() - 0.5)
    const matrix = Float32Array.from({ length: n * n }, (_, index) => {
      const [row, column] = [Math.floor(index / n), index % n]
      return (row === column ? 0.7 : 0.2) + (effect[row] as number) + (effect[column] as number)
    })
    const means = matrixMeans(matrix, n)
    expect(means.diagonal - means.offDiagonal).toBeCloseTo(0.5, 5)
    const intervals = nodeBootstrapIntervals(matrix, n, 0.05, 1000, randomStream(2))
    const halfWidth = ((intervals?.offDiagonal[1] ?? 0) - (intervals?.offDiagonal[0] ?? 0)) / 2
    // Rows and columns share their nodes: the interval is that of 40 nodes, about 2·1.96·0.29·/√40, not of 1,560 pairs.
    expect(halfWidth).toBeGreaterThan(0.1)
    expect(halfWidth).toBeLessThan(0.3)
  })

  it('gives a difference of means the width of its normal interval', () => {
    const random = randomStream(3)
    const sample = (n: number) => Float64Array.from({ length: n }, () => random())
    const [low, high] = differenceOfMeansInterval(sample(200), sample(300), 0.05, 2000, randomStream(4)) as [
      number,
      number,
    ]
    const expected = 2 * 1.96 * Math.sqrt(1 / 12) * Math.sqrt(1 / 200 + 1 / 300)
    expect((high - low) / expected).toBeGreaterThan(0.9)
    expect((high - low) / expected).toBeLessThan(1.1)
  })
})

describe('ridgeSolver', () => {
  it('agrees with NumPy', () => {
    const { rows, targets, penalty, coefficients } = reference.ridge
    const average = targets.reduce((sum, target) => sum + target, 0) / targets.length
    const right = Float64Array.from(coefficients, (_, k) =>
      rows.reduce((sum, row, index) => sum + (row[k] as number) * ((targets[index] as number) - average), 0),
    )
    const solve = ridgeSolver(
      rows.map((row) => Float64Array.from(row)),
      penalty,
    )
    solve(right).forEach((value, k) => expect(value).toBeCloseTo(coefficients[k] as number, 10))
  })
})
