import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { decodeImage } from './decode-image.js'
import { emojiSamples, type EmojiSample } from './emoji-samples.js'
import { NearDuplicateIndex } from './near-duplicates.js'
import { perceptualHash, resemble } from './perceptual-hash.js'

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
})
