import { randomStream, shuffledIndices } from '@lethe/domain'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { decodeImage } from './decode-image.js'
import { emojiSamples, type EmojiSample } from './emoji-samples.js'
import { NearDuplicateIndex } from './near-duplicates.js'
import { perceptualHash, resemble, type PerceptualHash } from '@lethe/domain'

const hash = async (bytes: Uint8Array) => perceptualHash(await decodeImage(bytes, 32), 32)

let emoji: EmojiSample[]
beforeAll(async () => {
  emoji = await emojiSamples()
})

describe('near-duplicates', () => {
  it('recognise a picture saved again as JPEG or made a little brighter, and no other picture', async () => {
    const samples = emoji.filter(({ group }) => group === 'animals-nature')
    const index = new NearDuplicateIndex()
    const hashes = await Promise.all(samples.map(({ png }) => hash(png)))
    const resembling = hashes.map((each) => index.add(each)).filter((earlier) => earlier !== null)
    expect(samples.length).toBeGreaterThan(100)
    expect(resembling.length / samples.length).toBeLessThan(0.02)
    let missed = 0
    for (const [i, { png }] of samples.entries()) {
      const jpeg = await sharp(png).jpeg({ quality: 85 }).toBuffer()
      const brighter = await sharp(png).linear(1.02, 2).png().toBuffer()
      for (const copy of [jpeg, brighter]) if (!resemble(hashes[i] as never, await hash(copy))) missed++
    }
    expect(missed / (2 * samples.length)).toBeLessThan(0.05)
  })

  it('keep two plain pictures of different colours apart', async () => {
    const plain = (background: string) =>
      sharp({ create: { width: 32, height: 32, channels: 3, background } })
        .png()
        .toBuffer()
    const [red, alsoRed, blue] = [
      await hash(await plain('#ff0000')),
      await hash(await plain('#fe0101')),
      await hash(await plain('#0000ff')),
    ]
    expect(resemble(red, alsoRed)).toBe(true)
    expect(resemble(red, blue)).toBe(false)
  })

  it('are found by the index exactly when comparing all with all finds them', async () => {
    const hashes = await Promise.all(emoji.slice(0, 500).map(({ png }) => hash(png)))
    const index = new NearDuplicateIndex()
    const found = hashes.map((each) => index.add(each))
    const expected = hashes.map((each, i) => {
      const earliest = hashes.slice(0, i).findIndex((other) => resemble(other, each))
      return earliest < 0 ? null : earliest
    })
    expect(found).toEqual(expected)
    expect(expected.some((earlier) => earlier !== null)).toBe(true)
  })

  it('are found at the very edge of what resembles, wherever the seven bits and the colours lie', () => {
    const next = randomStream(7)
    const word = () => Math.floor(next() * 2 ** 32) >>> 0
    const base = Array.from({ length: 600 }, (): PerceptualHash => ({
      across: word(),
      down: word(),
      colours: Uint8Array.from({ length: 192 }, () => 20 + Math.floor(next() * 200)),
    }))
    const flipped = (hash: PerceptualHash, count: number): PerceptualHash => {
      const words = [hash.across, hash.down]
      for (const bit of shuffledIndices(64, next).slice(0, count))
        words[bit >> 5] = ((words[bit >> 5] as number) ^ (1 << (bit & 31))) >>> 0
      return { ...hash, across: words[0] as number, down: words[1] as number }
    }
    // All colours five or six brighter: a mean distance of at most 5.5, or just above it.
    const brighter = (hash: PerceptualHash, sixes: number): PerceptualHash => ({
      ...hash,
      colours: hash.colours.map((value, i) => value + (i < sixes ? 6 : 5)),
    })
    const hashes = base.flatMap((hash, i) => [
      hash,
      i % 2 ? brighter(flipped(hash, 7), 96) : i % 4 ? flipped(hash, 8) : brighter(hash, 97),
    ])
    const index = new NearDuplicateIndex()
    const found = hashes.map((hash) => index.add(hash))
    const expected = hashes.map((hash, i) => {
      const earliest = hashes.slice(0, i).findIndex((other) => resemble(other, hash))
      return earliest < 0 ? null : earliest
    })
    expect(found).toEqual(expected)
    expect(found.filter((earlier) => earlier !== null)).toHaveLength(300)
  })

  it('are looked for within bounds, and what was not looked at is counted', () => {
    const flat = (level: number): PerceptualHash => ({ across: 0, down: 0, colours: new Uint8Array(192).fill(level) })
    const full = new NearDuplicateIndex({ capacity: 2 })
    expect([10, 100, 200, 200, 101].map((level) => full.add(flat(level)))).toEqual([null, null, null, null, 1])
    expect([full.unremembered, full.cutShort]).toEqual([3, 0])
    // Alike in shape and in the mean of their colours, and yet different pictures.
    const different = Array.from({ length: 60 }, (_, i): PerceptualHash => ({
      across: 0,
      down: 0,
      colours: Uint8Array.from({ length: 192 }, (_, at) => (at % 60 === i ? 200 : 100)),
    }))
    const hasty = new NearDuplicateIndex({ maxComparisons: 30 })
    for (const hash of different) hasty.add(hash)
    expect(hasty.cutShort).toBeGreaterThan(20)
    const thorough = new NearDuplicateIndex()
    for (const hash of different) expect(thorough.add(hash)).toBeNull()
    expect(thorough.cutShort).toBe(0)
    expect(thorough.find(different[59] as PerceptualHash)).toBe(59)
  })
})
