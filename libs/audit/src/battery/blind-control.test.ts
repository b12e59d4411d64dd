import { AuditPolicy, randomStream, type PackedImages } from '@lethe/domain'
import { describe, expect, it } from 'vitest'
import { scoreBlindly, testBlindControl } from './blind-control.js'

const policy = AuditPolicy.parse({ version: 1, resamples: 300 })

function pictures(count: number, seed: number, brightness = 0): PackedImages {
  const random = randomStream(seed)
  const data = Uint8Array.from({ length: count * 12 }, () => 60 + 100 * random() + brightness)
  return { data, count, height: 2, width: 2, channels: 3 }
}

describe('testBlindControl', () => {
  it('cries wolf no more often than it says over many pairs of sets from one source', () => {
    const ps = Array.from(
      { length: 60 },
      (_, k) => testBlindControl(scoreBlindly(pictures(40, 2 * k), pictures(90, 2 * k + 1), policy)).p ?? 0,
    )
    expect(ps.filter((p) => p < 0.1).length).toBeLessThanOrEqual(13)
    expect(ps.filter((p) => p < 0.01).length).toBeLessThanOrEqual(3)
  })

  it('sees a difference of brightness that no single picture shows', () => {
    const seen = scoreBlindly(pictures(60, 1, 20), pictures(120, 2), policy)
    expect(testBlindControl(seen)).toMatchObject({ outcome: 'not-met' })
  })
})
