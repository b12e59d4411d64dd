import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { inspectDataset } from './inspect-dataset.js'
import type { Fault, SampleSource, SourceSample } from './sources/sample-source.js'
import { Tally } from './tally.js'
import { blocks, cifarRecord, noise, png } from './testing/pictures.js'

const sourceOf = (items: readonly (SourceSample | Fault)[], expected: number | null = null): SampleSource => ({
  format: 'csv',
  expected,
  async *[Symbol.asyncIterator]() {
    for (const item of items) yield await Promise.resolve(item)
  },
})

const bare = { caption: null, group: null, owner: null, split: null }

describe('inspectDataset', () => {
  it('counts what there is, in formats, sizes, classes, captions, owners and splits', async () => {
    const raw = { planes: cifarRecord([], 9), width: 32, height: 32 }
    const wide = await sharp(noise(5, 64), { raw: { width: 128, height: 32, channels: 3 } })
      .jpeg()
      .toBuffer()
    const first = await png(1)
    const seen: unknown[] = []
    const inspection = await inspectDataset(
      sourceOf(
        [
          { ...bare, key: 'a', picture: first, group: 'cat', caption: 'A cat.', owner: 'ada', split: 'train' },
          { ...bare, key: 'b', picture: wide, group: 'dog', owner: 'ada', split: 'held-out' },
          { ...bare, key: 'c', picture: raw, group: 'cat', owner: 'bob' },
        ],
        3,
      ),
      { onProgress: (progress) => void seen.push(progress) },
    )
    expect(inspection).toEqual({
      format: 'csv',
      samples: 3,
      bytes: first.length + wide.length + 3072,
      pictureFormats: { distinct: 3, others: 0, top: ['jpeg', 'png', 'raw'].map((name) => ({ name, count: 1 })) },
      sizes: { distinct: 3, others: 0, top: ['128x32', '16x16', '32x32'].map((name) => ({ name, count: 1 })) },
      smallest: { width: 16, height: 16 },
      largest: { width: 128, height: 32 },
      classes: {
        distinct: 2,
        others: 0,
        top: [
          { name: 'cat', count: 2 },
          { name: 'dog', count: 1 },
        ],
      },
      captioned: 1,
      owners: {
        distinct: 2,
        others: 0,
        top: [
          { name: 'ada', count: 2 },
          { name: 'bob', count: 1 },
        ],
      },
      splits: { distinct: 2, others: 0, top: ['held-out', 'train'].map((name) => ({ name, count: 1 })) },
      exactDuplicates: 0,
      nearDuplicates: 0,
      resemblanceUnknown: 0,
      quarantined: [],
      quarantinedCount: 0,
      quarantineReasons: { distinct: 0, others: 0, top: [] },
    })
    expect(seen).toEqual([{ seen: 3, expected: 3 }])
  })

  it('tells exact from perceptual duplicates, and every reason for quarantine with its count', async () => {
    const first = await blocks(1)
    const again = await sharp(first).jpeg({ quality: 98, chromaSubsampling: '4:4:4' }).toBuffer()
    const broken = first.subarray(0, 100)
    const inspection = await inspectDataset(
      sourceOf([
        { ...bare, key: 'a', picture: first },
        { ...bare, key: 'b', picture: first },
        { ...bare, key: 'c', picture: again },
        { ...bare, key: 'd', picture: broken },
        { key: 'e', reason: 'The file has 21 bytes, more than are read.' },
        { key: 'f', reason: 'The file has 9876 bytes, more than are read.' },
      ]),
    )
    expect(inspection).toMatchObject({ samples: 3, exactDuplicates: 1, nearDuplicates: 1, quarantinedCount: 3 })
    expect(inspection.quarantined.map(({ key }) => key).sort()).toEqual(['d', 'e', 'f'])
    expect(inspection.quarantineReasons.top).toEqual([
      { name: 'The file has # bytes, more than are read.', count: 2 },
      { name: 'The picture is damaged or cut off; export it again.', count: 1 },
    ])
  })

  it('says nothing of nothing, and stops when told to', async () => {
    expect(await inspectDataset(sourceOf([]))).toMatchObject({ samples: 0, smallest: null, largest: null })
    const stop = new AbortController()
    stop.abort(new Error('stopped'))
    const source = sourceOf([{ key: 'a', reason: 'x' }])
    await expect(inspectDataset(source, { signal: stop.signal })).rejects.toThrow('stopped')
    const raw = { ...bare, key: 'a', picture: { planes: cifarRecord([], 9), width: 32, height: 32 } }
    const endless: SampleSource = {
      format: 'cifar-10',
      expected: null,
      async *[Symbol.asyncIterator]() {
        for (;;) yield await Promise.resolve(raw)
      },
    }
    await expect(inspectDataset(endless, { signal: AbortSignal.timeout(20) })).rejects.toThrow('timeout')
  })
})

describe('Tally', () => {
  it('stays within its bound and says how many names found no room', () => {
    const tally = new Tally()
    for (let i = 0; i < 10_500; i++) tally.add(`name ${i}`)
    tally.add('name 0')
    expect(tally.result(1)).toEqual({ distinct: 10_000, top: [{ name: 'name 0', count: 2 }], others: 500 })
  })
})
