import type { Digest } from '@lethe/domain'
import { describe, expect, it } from 'vitest'
import { AUDIT_EPOCH, challengePictures, challengeSeed } from './challenge.js'
import { runAudit } from './run-audit.js'
import { toyAudit, toyWorld } from './toy-world.fixture.js'

const [one, other] = ['a', 'b'].map((letter) => letter.repeat(64) as Digest) as [Digest, Digest]
const size = { count: 3, height: 6, width: 5, channels: 3 }

describe('the challenge', () => {
  it('has a seed of its own for every digest, order and public value', () => {
    const seeds = [
      challengeSeed([one, other], 'x'),
      challengeSeed([other, one], 'x'),
      challengeSeed([one, one], 'x'),
      challengeSeed([one, other], 'y'),
    ]
    expect(new Set(seeds).size).toBe(4)
    expect(challengeSeed([one, other], 'x')).toBe(seeds[0])
    for (const seed of seeds) expect(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 31).toBe(true)
  })

  it('draws pictures that travel as bytes without loss and differ from each other', () => {
    const pictures = challengePictures(5, size)
    expect(challengePictures(5, size)).toEqual(pictures)
    expect(challengePictures(6, size)).not.toEqual(pictures)
    expect(pictures.every((value) => value >= 0 && value <= 1 && Math.abs(255 * value - Math.round(255 * value)) < 1e-4)).toBe(true) // prettier-ignore
    expect(pictures.subarray(0, 90)).not.toEqual(pictures.subarray(90, 180))
  })

  it('shows both models the same views, drawn in an epoch that no training reaches, and says so', async () => {
    const world = toyWorld({ forget: 12, heldOut: 30, retain: 10 })
    const audit = toyAudit(world, world.original, world.retrained)
    const seen: Record<string, string[]> = { before: [], after: [] }
    const epochs = new Set<number>()
    const watching = (model: typeof audit.before) => ({
      ...model,
      embed: (images: Float32Array) => {
        seen[model.role]?.push(images.join())
        return model.embed(images)
      },
    })
    const { report } = await runAudit({
      ...audit,
      before: watching(audit.before),
      after: watching(audit.after),
      drawViews: (images, seed, view, epoch) => {
        epochs.add(epoch)
        return audit.drawViews(images, seed, view, epoch)
      },
    })
    const views = 3 * report.policy.views
    expect(seen['before']?.slice(0, views)).toEqual(seen['after']?.slice(0, views))
    expect([...epochs]).toEqual([AUDIT_EPOCH])
    expect(report.views).toEqual({ seed: 7, epoch: AUDIT_EPOCH, count: 5, challenge: null })
    expect(AUDIT_EPOCH).toBeGreaterThan(1_000_000)
  })
})
