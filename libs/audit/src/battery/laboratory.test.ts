import { AuditPolicy, randomStream } from '@lethe/domain'
import { describe, expect, it } from 'vitest'
import type { RecoveryCurve, SetScores, ShadowedScore } from '../judge/audit-data.js'
import { testRecovery } from './recovery.js'
import { logLikelihoodRatios, testULira } from './u-lira.js'

const policy = AuditPolicy.parse({ version: 1, resamples: 400 })
const method = 'alignment-calibration'

function gaussian(seed: number): () => number {
  const random = randomStream(seed)
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

describe('recovery', () => {
  const gauss = gaussian(1)
  const ease = Float64Array.from({ length: 400 }, gauss)
  /** Scores of 100 forgotten and 300 unseen samples; samples keep their own ease. */
  const at = (memory: number): SetScores => ({
    forget: ease.subarray(0, 100).map((own) => own + memory + 0.1 * gauss()),
    heldOut: ease.subarray(100).map((own) => own + 0.1 * gauss()),
  })
  const curve = (...memories: number[]): RecoveryCurve => memories.map(at)
  const original = at(1)
  const retrained = [curve(0, 0.02, 0.03, 0.03), curve(0, 0.01, 0.02, 0.04)]

  it('is no faster than on retrained models where nothing is left, whatever drift they share', () => {
    const test = testRecovery({ original, unlearned: curve(-0.1, -0.08, -0.07, -0.05), retrained, policy, method })
    expect(test).toMatchObject({ outcome: 'met', optimisedFor: false })
    expect(test.detail).toContain('made by the provider')
  })

  it('unmasks a model that only hid what it knows', () => {
    const test = testRecovery({ original, unlearned: curve(0, 0.4, 0.6, 0.8), retrained, policy, method })
    expect(test.outcome).toBe('not-met')
    expect(test.effect.value).toBeGreaterThan(0.4)
    expect(test.p).toBeLessThan(0.01)
  })

  it('was not measured without memory, epochs or a retrained model', () => {
    const unlearned = curve(0, 0)
    for (const input of [
      { original: at(-1), unlearned, retrained },
      { original, unlearned: curve(0), retrained },
      { original, unlearned, retrained: [] },
    ])
      expect(testRecovery({ ...input, policy, method }).outcome).toBe('inconclusive')
  })
})

describe('U-LiRA', () => {
  it('agrees with likelihood ratios by scipy.stats.norm with pooled variances', () => {
    // SciPy 1.17.1, norm.logpdf; variances within samples, pooled over the four.
    const samples: ShadowedScore[] = [
      { audited: 3.041, unlearned: [-0.789, 1.293, 0.603], unseen: [0.074, 0.192, -0.71, 0.184] },
      { audited: 0.135, unlearned: [3.526, 1.358, 0.953], unseen: [0.359, 0.166, -0.028, 0.305] },
      { audited: 1.482, unlearned: [1.233, 2.07, 1.26], unseen: [0.712, 1.473, 0.973, 0.447] },
      { audited: 0.817, unlearned: [1.978, 2.955, 1.411], unseen: [0.778, 1.401, 0.457, 0.754] },
    ]
    const expected = [29.41336195511702, -2.6383884728572196, 0.22852285222804447, -1.8272593340053191]
    logLikelihoodRatios(samples).forEach((ratio, k) => expect(ratio).toBeCloseTo(expected[k] as number, 9))
  })

  /** Samples differ much among themselves; what is left of memory is small beside that. */
  function world(count: number, left: number, isMember: boolean, seed: number): ShadowedScore[] {
    const gauss = gaussian(seed)
    return Array.from({ length: count }, () => {
      const ease = 5 * gauss()
      const draw = (memory: number) => ease + memory + 0.3 * gauss()
      return {
        audited: draw(isMember ? left : 0),
        unlearned: Array.from({ length: 6 }, () => draw(left)),
        unseen: Array.from({ length: 6 }, () => draw(0)),
      }
    })
  }

  it('finds what is left in single samples where their mean score shows nothing', () => {
    const [forget, heldOut] = [world(120, 0.4, true, 1), world(300, 0.4, false, 2)]
    const test = testULira({ forget, heldOut, policy, method })
    expect(test).toMatchObject({ outcome: 'not-met', optimisedFor: true })
    expect(test.effect.value).toBeGreaterThan(0.65)
  })

  it('shows equivalence where nothing is left, and asks for shadows of both kinds', () => {
    const [forget, heldOut] = [world(300, 0, true, 3), world(600, 0, false, 4)]
    expect(testULira({ forget, heldOut, policy, method }).outcome).toBe('met')
    const shadowless = heldOut.map((sample) => ({ ...sample, unseen: [] }))
    expect(testULira({ forget, heldOut: shadowless, policy, method }).outcome).toBe('inconclusive')
  })
})
