import { readFileSync } from 'node:fs'
import { randomStream } from '@lethe/domain'
import { describe, expect, it } from 'vitest'
import { areaUnderCurve, bestThreshold, nonMemberShareByClassifier, nonMemberShareByThreshold } from './membership.js'
import { viewAgreement } from './view-agreement.js'

/** Two sides of scores with ties, and what scikit-learn says of them. */
const golden = JSON.parse(readFileSync(new URL('./fixtures/membership.json', import.meta.url), 'utf8')) as {
  first: number[]
  second: number[]
  auc: number
  balance: number
}

describe('areaUnderCurve', () => {
  it('agrees with scikit-learn, ties and all', () => {
    expect(areaUnderCurve(golden.first, golden.second)).toBeCloseTo(golden.auc, 12)
    expect(areaUnderCurve(golden.second, golden.first)).toBeCloseTo(1 - golden.auc, 12)
  })

  it('is a half for equal sides', () => expect(areaUnderCurve([1, 1], [1, 1, 1])).toBe(0.5))
})

describe('bestThreshold', () => {
  it('reaches the best balance that scikit-learn finds', () => {
    const threshold = bestThreshold(golden.first, golden.second)
    const above = (scores: number[]) => scores.filter((score) => score > threshold).length / scores.length
    expect(above(golden.first) - above(golden.second)).toBeCloseTo(golden.balance, 12)
  })

  it('takes all for members where members score lower than the others', () => {
    expect(nonMemberShareByThreshold([0, 0.1], [0.9, 1], [0.5])).toBe(0)
  })
})

describe.each([nonMemberShareByThreshold, nonMemberShareByClassifier])('%O', (share) => {
  const draws = (mean: number, seed: number, count = 300) => {
    const random = randomStream(seed)
    return Float64Array.from({ length: count }, () => mean + random() - random())
  }

  it('takes samples like the members for members, and samples like the others for none', () => {
    const [members, nonMembers] = [draws(1, 1), draws(-1, 2)]
    expect(share(members, nonMembers, draws(1, 3))).toBeLessThan(0.05)
    expect(share(members, nonMembers, draws(-1, 4))).toBeGreaterThan(0.95)
  })

  it('does not side with the kind that there is more of', () => {
    const [members, nonMembers] = [draws(0.2, 1, 100), draws(-0.2, 2, 900)]
    expect(share(members, nonMembers, draws(0.2, 3))).toBeLessThan(0.6)
  })

  it('stands more examples than it fits to', () => {
    expect(share(draws(1, 1, 1500), draws(-1, 2, 1500), draws(-1, 4, 10))).toBe(1)
  })
})

describe('viewAgreement', () => {
  it('is the mean cosine over all pairs of views, sample by sample', () => {
    const random = randomStream(5)
    const views = Array.from({ length: 4 }, () => Float32Array.from({ length: 15 }, () => random() - 0.4))
    const cosine = (a: Float32Array, b: Float32Array) =>
      a.reduce((sum, value, k) => sum + value * (b[k] as number), 0) / Math.hypot(...a) / Math.hypot(...b)
    const expected = Array.from({ length: 5 }, (_, sample) => {
      const rows = views.map((view) => view.subarray(3 * sample, 3 * sample + 3))
      const cosines = rows.flatMap((a, i) => rows.slice(i + 1).map((b) => cosine(a, b)))
      return cosines.reduce((sum, value) => sum + value, 0) / 6
    })
    viewAgreement(views, 3).forEach((value, sample) => expect(value).toBeCloseTo(expected[sample] as number, 6))
  })
})
