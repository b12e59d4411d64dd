import { readPack, writePack, type Pack } from '@lethe/datasets'
import { assignTwins, commitToTwinSeed, pairTwins, type ContentId } from '@lethe/domain'
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { chooseTwins } from './choose-twins.js'

const seed = new Uint8Array(32).fill(3)
const idOf = (index: number) => createHash('sha256').update(`sample ${index}`).digest('hex') as ContentId

/** Ten pairs and four single samples; every picture is one number. */
function packWith(change: (split: 'train' | 'twin', index: number) => 'train' | 'twin' = (split) => split): Pack {
  const candidates = Array.from({ length: 20 }, (_, index) => ({ contentId: idOf(index), twin: `${index >> 1}`, nearDuplicateOf: null, isTrained: true })) // prettier-ignore
  const lost = new Set(assignTwins(pairTwins(candidates, 'metadata'), seed).map(({ twin }) => twin))
  const samples = Array.from({ length: 24 }, (_, index) => ({
    contentId: idOf(index),
    label: `${index}`,
    group: null,
    split: index < 20 ? change(lost.has(idOf(index)) ? 'twin' : 'train', index) : ('train' as const),
    ...(index < 20 ? { twin: `${index >> 1}` } : {}),
  }))
  const data = Uint8Array.from({ length: 24 * 8 * 8 * 3 }, (_, k) => Math.floor(k / 192))
  const images = { data, count: 24, height: 8, width: 8, channels: 3 }
  const twins = { pairing: 'metadata', pairs: 10, commitment: commitToTwinSeed(seed) } as const
  return readPack(writePack({ images, samples, twins }))
}

const trained = (pack: Pack) => pack.samples.filter(({ split }) => split === 'train').map(({ contentId }) => contentId)
const refused = expect.objectContaining({ code: 'TWINS_MISMATCH' }) as Error

describe('chooseTwins', () => {
  it('pairs each forgotten picture with its twin, row by row, and reveals the coins', () => {
    const pack = packWith()
    const twins = chooseTwins(pack, seed, trained(pack))
    expect(twins?.members.count).toBe(10)
    for (let row = 0; row < 10; row++) {
      const [member, twin] = [twins?.members.data[row * 192] as number, twins?.twins.data[row * 192] as number]
      expect(member >> 1).toBe(twin >> 1)
      expect(pack.samples[member]?.split).toBe('train')
      expect(pack.samples[twin]?.split).toBe('twin')
    }
    expect(twins?.revealed).toEqual({
      pairs: 10,
      commitment: commitToTwinSeed(seed),
      seed: Buffer.from(seed).toString('hex'),
    })
  })

  it('audits only pairs whose trained half is to be forgotten, and none where fewer than two are', () => {
    const pack = packWith()
    const some = trained(pack).slice(0, 5)
    expect(chooseTwins(pack, seed, some)?.members.count).toBe(5)
    expect(chooseTwins(pack, seed, some.slice(0, 1))).toBeNull()
    expect(chooseTwins(pack, seed, [idOf(22), idOf(23)])).toBeNull()
    expect(chooseTwins(pack, null, some)).toBeNull()
  })

  it('refuses another seed, and coins that fell otherwise than the seed says', () => {
    const pack = packWith()
    expect(() => chooseTwins(pack, new Uint8Array(32).fill(4), trained(pack))).toThrow(refused)
    const chosen = packWith((split, index) => (index >> 1 === 3 ? (split === 'train' ? 'twin' : 'train') : split))
    expect(() => chooseTwins(chosen, seed, trained(chosen))).toThrow(refused)
    const both = packWith((split, index) => (index >> 1 === 3 ? 'train' : split))
    expect(() => chooseTwins(both, seed, trained(both))).toThrow(refused)
  })
})
