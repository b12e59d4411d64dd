import { ContentId, type TwinCommitment } from '@lethe/domain'
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { readPack, writePack, type Pack, type PackSample } from './pack.js'
import { redactPack } from './redact-pack.js'

const idOf = (name: string): ContentId => ContentId.parse(createHash('sha256').update(name).digest('hex'))
const size = 4 * 4 * 3

/** A row of one picture whose every byte says which it is. */
function packOf(samples: readonly (Partial<PackSample> & { name: string })[], twins?: TwinCommitment): Pack {
  const data = new Uint8Array(samples.length * size)
  samples.forEach((_, row) => data.fill(row + 1, row * size, (row + 1) * size))
  return {
    images: { data, count: samples.length, height: 4, width: 4, channels: 3 },
    samples: samples.map(({ name, ...sample }) => ({
      contentId: idOf(name),
      label: `label ${name}`,
      group: null,
      split: 'train',
      ...sample,
    })),
    ...(twins === undefined ? {} : { twins }),
  }
}

const five = packOf(['a', 'b', 'c', 'd', 'e'].map((name) => ({ name })))
const holds = (bytes: Uint8Array, row: Uint8Array): boolean => Buffer.from(bytes).includes(Buffer.from(row))

describe('redacting a pack', () => {
  it('leaves every other row as it was, in its order, and nothing of the forgotten ones', () => {
    const before = writePack(five)
    const { pack, removed, remaining } = redactPack(before, [idOf('d'), idOf('a'), idOf('elsewhere')])
    expect([removed, remaining]).toEqual([2, 3])
    const after = readPack(pack as Uint8Array)
    expect(after.samples).toEqual([1, 2, 4].map((row) => five.samples[row]))
    expect([...after.images.data]).toEqual([2, 3, 5].flatMap((value) => Array<number>(size).fill(value)))
    for (const [value, name] of [
      [1, 'a'],
      [4, 'd'],
    ] as const) {
      const picture = new Uint8Array(size).fill(value)
      expect([holds(before, picture), holds(pack as Uint8Array, picture)]).toEqual([true, false])
      expect(Buffer.from(pack as Uint8Array).toString('latin1')).not.toContain(idOf(name))
    }
  })

  it('is a function of its input: the same samples in any order give the same bytes', () => {
    const bytes = writePack(five)
    expect(redactPack(bytes, [idOf('b'), idOf('c')])).toEqual(redactPack(bytes, [idOf('c'), idOf('b')]))
  })

  it('gives no pack where nothing is left, and refuses one that holds none of them', () => {
    const all = five.samples.map(({ contentId }) => contentId)
    expect(redactPack(writePack(five), all)).toEqual({ pack: null, removed: 5, remaining: 0 })
    expect(() => redactPack(writePack(five), [idOf('elsewhere')])).toThrow(
      expect.objectContaining({ code: 'PACK_REDACTED_ALREADY', field: 'forget' }),
    )
  })

  it('keeps whole pairs of twins and their commitment, and makes the half of a broken pair no twin', () => {
    const commitment = { pairing: 'metadata', pairs: 2, commitment: idOf('seed') as string } as TwinCommitment
    const twins = packOf(
      [
        { name: 'a', twin: 'p' },
        { name: 'b', twin: 'p', split: 'twin' },
        { name: 'c', twin: 'q' },
        { name: 'd', twin: 'q', split: 'twin' },
      ],
      commitment,
    )
    const after = readPack(redactPack(writePack(twins), [idOf('a')]).pack as Uint8Array)
    expect(after.twins).toEqual({ ...commitment, pairs: 1 })
    expect(after.samples.map(({ twin, split }) => [twin, split])).toEqual([
      [undefined, 'twin'],
      ['q', 'train'],
      ['q', 'twin'],
    ])
  })
})
