import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { contentId } from './content-id.js'
import { drawSplit } from './draw-split.js'
import { ingestSource } from './ingest-source.js'
import { ingestWebDataset } from './ingest-web-dataset.js'
import { readPack } from './pack.js'
import { readCifar } from './sources/read-cifar.js'
import { readWebDataset } from './sources/read-web-dataset.js'
import type { Fault, SourceSample } from './sources/sample-source.js'
import { blackPng, blocks, cifarRecord, noise, pieces, png } from './testing/pictures.js'
import { writeWebDataset } from './write-web-dataset.js'

const bare = { caption: null, group: null, owner: null, split: null }

async function* from(...items: (SourceSample | Fault)[]): AsyncGenerator<SourceSample | Fault> {
  for (const item of items) yield await Promise.resolve(item)
}

describe('ingestSource', () => {
  it('makes the same dataset of a source as of the upload that says the same', async () => {
    const samples = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => ({
        key: `s${i}`,
        picture: await png(i % 19),
        label: `label ${i}`,
        group: i % 2 ? 'odd' : null,
        owner: i < 8 ? 'ada' : 'bob',
        split: i < 15 ? ('train' as const) : ('held-out' as const),
      })),
    )
    const tar = await writeWebDataset(samples)
    const [upload, source] = [
      await ingestWebDataset(tar, { imageSize: 16 }),
      await ingestSource(readWebDataset(tar), { imageSize: 16 }),
    ]
    expect(source).toEqual(upload)
    expect(upload).toMatchObject({ exactDuplicates: 1, samples: expect.objectContaining({ length: 19 }) })
  })

  it('keeps the pixels of CIFAR as they are, and the planes for identity', async () => {
    const bytes = Buffer.concat([cifarRecord([3], 1), cifarRecord([4], 1), cifarRecord([3], 2)])
    const dataset = await ingestSource(readCifar(pieces(bytes), { kind: 'cifar-10', name: 'b', split: 'train' }), {
      imageSize: 32,
      owner: 'museum',
    })
    expect(dataset).toMatchObject({ exactDuplicates: 1, quarantinedCount: 0 })
    expect(dataset.samples.map(({ key, label, group, owner, split }) => [key, label, group, owner, split])).toEqual([
      ['b/0', '3', '3', 'museum', 'train'],
      ['b/2', '3', '3', 'museum', 'train'],
    ])
    const planes = noise(1, 32)
    expect(dataset.samples[0]?.contentId).toBe(contentId(planes))
    const { data } = readPack(dataset.pack).images
    expect([...data.subarray(0, 6)]).toEqual([0, 1024, 2048, 1, 1025, 2049].map((at) => planes[at]))
    const small = await ingestSource(readCifar(pieces(bytes), { kind: 'cifar-10', name: 'b' }), { imageSize: 16 })
    expect(readPack(small.pack).images).toMatchObject({ count: 2, height: 16 })
  })

  it('draws splits by content and seed alone, in the share that was asked for', async () => {
    const ids = Array.from({ length: 4000 }, (_, i) => contentId(Buffer.from(String(i))))
    const share = (split: string, options: object) =>
      ids.filter((id) => drawSplit(id, options) === split).length / ids.length
    expect(Math.abs(share('held-out', {}) - 0.1)).toBeLessThan(0.02)
    expect(Math.abs(share('calibration', { heldOut: 0.2, calibration: 0.3 }) - 0.3)).toBeLessThan(0.03)
    expect(ids.map((id) => drawSplit(id, { seed: 1 }))).not.toEqual(ids.map((id) => drawSplit(id, { seed: 2 })))
    const items = await Promise.all(
      Array.from({ length: 60 }, async (_, i) => ({ ...bare, key: `${i}`, picture: await png(i + 1) })),
    )
    const options = { imageSize: 16, splitShares: { heldOut: 0.5, seed: 3 } }
    const forwards = await ingestSource(from(...items), options)
    const backwards = await ingestSource(from(...items.reverse()), options)
    const splits = (samples: typeof forwards.samples) => new Map(samples.map((each) => [each.contentId, each.split]))
    expect(splits(backwards.samples)).toEqual(splits(forwards.samples))
    expect(new Set(splits(forwards.samples).values())).toEqual(new Set(['train', 'held-out']))
    expect(forwards.samples[0]).toMatchObject({ label: 'unlabelled', group: null, owner: 'unassigned' })
  })

  it('keeps pictures that resemble each other in one split, unless the source says otherwise', async () => {
    const originals = await Promise.all(Array.from({ length: 30 }, (_, i) => blocks(i + 1)))
    const copies = await Promise.all(
      originals.map((picture) => sharp(picture).jpeg({ quality: 98, chromaSubsampling: '4:4:4' }).toBuffer()),
    )
    const items = [...originals, ...copies].map((picture, i) => ({ ...bare, key: `${i}`, picture }))
    const options = { imageSize: 64, splitShares: { heldOut: 0.5 } }
    const { samples, nearDuplicates } = await ingestSource(from(...items), options)
    expect(nearDuplicates).toBe(30)
    for (let i = 0; i < 30; i++) expect(samples[30 + i]?.split, String(i)).toBe(samples[i]?.split)
    const named = items.map((item, i) => ({ ...item, split: i < 30 ? ('train' as const) : ('held-out' as const) }))
    const kept = await ingestSource(from(...named), options)
    expect(kept.samples.map(({ split }) => split)).toEqual(named.map(({ split }) => split))
  })

  it('quarantines and counts pictures that are damaged or made to fill memory', async () => {
    const good = await png(1)
    const bomb = blackPng(20_000, 10_000)
    expect(bomb.length).toBeLessThan(2 ** 17)
    const { samples, quarantined, quarantinedCount } = await ingestSource(
      from(
        { ...bare, key: 'cut', picture: good.subarray(0, 60) },
        { ...bare, key: 'bomb', picture: bomb },
        { key: 'told', reason: 'by the source' },
        { ...bare, key: 'good', picture: good },
      ),
      { imageSize: 16 },
    )
    expect(samples.map(({ key }) => key)).toEqual(['good'])
    expect(quarantinedCount).toBe(3)
    expect(Object.fromEntries(quarantined.map(({ key, reason }) => [key, reason]))).toEqual({
      told: 'by the source',
      cut: expect.stringContaining('damaged'),
      bomb: expect.stringContaining('200000000 pixels'),
    })
  })

  it('takes a dataset with one sample, and refuses one with none or shares that leave nothing to train', async () => {
    const one = { ...bare, key: 'a', picture: await png(1) }
    expect((await ingestSource(from(one), { imageSize: 16 })).samples).toHaveLength(1)
    await expect(ingestSource(from(), { imageSize: 16 })).rejects.toMatchObject({ code: 'DATASET_EMPTY' })
    for (const splitShares of [{ heldOut: 1 }, { heldOut: -0.1 }, { heldOut: 0.6, calibration: 0.4 }, { seed: 0.5 }])
      await expect(ingestSource(from(one), { imageSize: 16, splitShares })).rejects.toMatchObject({
        code: 'DATASET_PARAMETERS',
        field: expect.stringContaining('splitShares'),
      })
  })
})
