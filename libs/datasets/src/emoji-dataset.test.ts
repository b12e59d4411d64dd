import { beforeAll, describe, expect, it } from 'vitest'
import { assignEmoji, type EmojiDatasetOptions } from './emoji-dataset.js'
import { emojiFamily } from './emoji-family.js'
import { emojiSamples, type EmojiSample } from './emoji-samples.js'
import { contentId } from './content-id.js'

const options: EmojiDatasetOptions = {
  trainCount: 480,
  calibrationCount: 150,
  owners: [
    { key: 'forget-me', share: 0.2 },
    { key: 'first', share: 0.5 },
    { key: 'second', share: 0.3 },
  ],
  referenceOwner: 'reference',
  seed: 7,
}

let samples: EmojiSample[]
beforeAll(async () => {
  samples = await emojiSamples()
})

const countBy = <T>(values: readonly T[], key: (value: T) => string) =>
  values.reduce<Record<string, number>>(
    (counts, value) => ({ ...counts, [key(value)]: (counts[key(value)] ?? 0) + 1 }),
    {},
  )

describe('emojiSamples', () => {
  it('holds more than 1,800 pictures, each name and each picture once', () => {
    expect(samples.length).toBeGreaterThan(1800)
    expect(new Set(samples.map(({ label }) => label)).size).toBe(samples.length)
    expect(new Set(samples.map(({ png }) => contentId(png))).size).toBe(samples.length)
  })
})

describe('emojiFamily', () => {
  it('is one for skin-tone and gender twins, and differs for different things', () => {
    const same = (...codes: string[]) => expect(new Set(codes.map(emojiFamily)).size).toBe(1)
    same('1F9D1-200D-2695-FE0F', '1F468-200D-2695-FE0F', '1F469-1F3FD-200D-2695-FE0F')
    same('1F3C3', '1F3C3-200D-2640-FE0F', '1F3C3-1F3FF-200D-2642-FE0F')
    same('1F934', '1F478', '1FAC5')
    expect(emojiFamily('1F9D1-200D-2695-FE0F')).not.toBe(emojiFamily('1F9D1-200D-1F393'))
    expect(emojiFamily('2764-FE0F')).not.toBe(emojiFamily('1F499'))
  })
})

describe('assignEmoji', () => {
  it('meets the asked sizes, one owner contributing a fifth of the training pictures', () => {
    const assigned = assignEmoji(samples, options)
    const counts = countBy(assigned, ({ split, owner }) => `${split} ${owner}`)
    expect(counts).toMatchObject({ 'train forget-me': 96, 'train first': 240, 'train second': 144 })
    expect(counts['calibration reference']).toBe(150)
    expect(counts['held-out reference']).toBeGreaterThan(1100)
  })

  it('deals one picture of each family when asked to', () => {
    const families = assignEmoji(samples, { ...options, onePerFamily: true }).map(({ family }) => family)
    expect(new Set(families).size).toBe(families.length)
    expect(families.length).toBe(new Set(samples.map(({ family }) => family)).size)
  })

  it('never tears a family apart', () => {
    const places = new Map<string, string>()
    for (const { family, split, owner } of assignEmoji(samples, options)) {
      expect(places.get(family) ?? `${split} ${owner}`).toBe(`${split} ${owner}`)
      places.set(family, `${split} ${owner}`)
    }
  })

  it('draws the pictures of the owner who may ask for erasure like the held-out ones', () => {
    // Pooled over seeds, Unicode's groups must be as frequent among forget-me as among held-out pictures (χ², 99.9 %).
    const groups = [...new Set(samples.map(({ group }) => group))]
    const pooled = { forget: {} as Record<string, number>, heldOut: {} as Record<string, number> }
    for (let seed = 0; seed < 20; seed++)
      for (const { group, owner, split } of assignEmoji(samples, { ...options, seed })) {
        const side = owner === 'forget-me' ? pooled.forget : split === 'held-out' ? pooled.heldOut : {}
        side[group] = (side[group] ?? 0) + 1
      }
    const total = (side: Record<string, number>) => Object.values(side).reduce((a, b) => a + b, 0)
    const chiSquare = groups.reduce((sum, group) => {
      const expected = ((pooled.heldOut[group] ?? 0) / total(pooled.heldOut)) * total(pooled.forget)
      return sum + ((pooled.forget[group] ?? 0) - expected) ** 2 / expected
    }, 0)
    // 29.6 is the quantile for 10 degrees of freedom; families are drawn whole, which widens the spread about twofold.
    expect(chiSquare).toBeLessThan(2 * 29.6)
  })

  it('repeats itself for a seed and differs for another', () => {
    const keys = (seed: number) =>
      assignEmoji(samples, { ...options, seed })
        .filter(({ owner }) => owner === 'forget-me')
        .map(({ key }) => key)
    expect(keys(1)).toEqual(keys(1))
    expect(keys(1)).not.toEqual(keys(2))
  })

  it('refuses more pictures than there are, and shares that do not add up', () => {
    const refusal = (change: Partial<EmojiDatasetOptions>) => () => assignEmoji(samples, { ...options, ...change })
    expect(refusal({ trainCount: 5000 })).toThrowError(expect.objectContaining({ code: 'DATASET_PARAMETERS' }))
    expect(refusal({ owners: [{ key: 'a', share: 0.5 }] })).toThrowError(
      expect.objectContaining({ code: 'DATASET_PARAMETERS', field: 'owners' }),
    )
  })
})
