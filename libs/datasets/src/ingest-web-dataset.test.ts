import sharp from 'sharp'
import { pack as tarPack } from 'tar-stream'
import { beforeAll, describe, expect, it } from 'vitest'
import { contentId } from './content-id.js'
import { ingestWebDataset } from './ingest-web-dataset.js'
import { readPack, selectImages, writePack } from './pack.js'
import { writeWebDataset, type NewSample } from './write-web-dataset.js'

const picture = (seed: number, size = 16) =>
  sharp(
    Uint8Array.from({ length: size * size * 3 }, (_, i) => (Math.imul(i + 1, seed * 2654435 + 97) >>> 7) % 256),
    {
      raw: { width: size, height: size, channels: 3 },
    },
  )
    .png()
    .toBuffer()

let samples: NewSample[]
beforeAll(async () => {
  samples = await Promise.all(
    Array.from({ length: 40 }, async (_, i) => ({
      key: `s${i}`,
      picture: await picture(i + 1),
      label: `label ${i}`,
      group: i % 2 ? 'odd' : null,
      owner: i < 8 ? 'ada' : 'bob',
      split: i < 30 ? ('train' as const) : ('held-out' as const),
    })),
  )
})

/** An archive of raw members, for what `writeWebDataset` would never write. */
async function archive(members: readonly { name: string; body?: Uint8Array | string; type?: 'symlink' | 'link' }[]) {
  const pack = tarPack()
  for (const { name, body = '', type } of members)
    pack.entry({ name, ...(type ? { type, linkname: '/etc/passwd' } : {}) }, type ? '' : Buffer.from(body))
  pack.finalize()
  const chunks: Uint8Array[] = []
  for await (const chunk of pack as unknown as AsyncIterable<Uint8Array>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

const meta = (change: object = {}) => JSON.stringify({ label: 'x', owner: 'ada', split: 'train', ...change })

describe('ingestWebDataset', () => {
  it('keeps every sample with its metadata and pixels, in the order of the archive', async () => {
    const seen: number[] = []
    const dataset = await ingestWebDataset(await writeWebDataset(samples), {
      imageSize: 16,
      onProgress: (count) => void seen.push(count),
    })
    expect(dataset).toMatchObject({ exactDuplicates: 0, nearDuplicates: 0, quarantinedCount: 0, quarantined: [] })
    expect(seen).toEqual([16, 32, 40])
    expect(dataset.samples.map(({ key, label, group, owner, split }) => ({ key, label, group, owner, split }))).toEqual(
      samples.map(({ key, label, group, owner, split }) => ({ key, label, group, owner, split })),
    )
    const pack = readPack(dataset.pack)
    expect(pack.samples.map((sample) => sample.contentId)).toEqual(samples.map((sample) => contentId(sample.picture)))
    const raw = await sharp(samples[5]?.picture).raw().toBuffer()
    expect(Buffer.from(pack.images.data.subarray(5 * 768, 6 * 768))).toEqual(raw)
  })

  it('reads the same from a stream of arbitrary chunks', async () => {
    const tar = await writeWebDataset(samples)
    async function* chunks() {
      for (let offset = 0, size = 1; offset < tar.length; offset += size, size = (size * 7) % 5003)
        yield await Promise.resolve(tar.subarray(offset, offset + size))
    }
    const [whole, streamed] = [
      await ingestWebDataset(tar, { imageSize: 16 }),
      await ingestWebDataset(chunks(), { imageSize: 16 }),
    ]
    expect(Buffer.from(streamed.pack)).toEqual(Buffer.from(whole.pack))
  })

  it('drops equal bytes and counts them, and names what merely resembles', async () => {
    const first = samples[0] as NewSample
    const jpeg = await sharp(first.picture).resize(64, 64, { kernel: 'nearest' }).jpeg({ quality: 95 }).toBuffer()
    const tar = await writeWebDataset([
      ...samples,
      { ...first, key: 'again' },
      { ...first, key: 'similar', picture: jpeg, extension: 'jpg', owner: 'bob' },
    ])
    const dataset = await ingestWebDataset(tar, { imageSize: 16 })
    expect(dataset).toMatchObject({ exactDuplicates: 1, nearDuplicates: 1 })
    expect(dataset.samples.find(({ key }) => key === 'again')).toBeUndefined()
    expect(dataset.samples.find(({ key }) => key === 'similar')?.nearDuplicateOf).toBe(contentId(first.picture))
  })

  it('quarantines what cannot be used, each with its reason, and keeps the rest', async () => {
    const good = await picture(99)
    const tar = await archive([
      { name: 'good.png', body: good },
      { name: 'good.json', body: meta() },
      { name: 'no-json.png', body: await picture(98) },
      { name: 'no-picture.json', body: meta() },
      { name: 'broken-json.png', body: await picture(97) },
      { name: 'broken-json.json', body: '{"label": ' },
      { name: 'no-owner.png', body: await picture(96) },
      { name: 'no-owner.json', body: meta({ owner: undefined }) },
      { name: 'no-text.png', body: await picture(92) },
      { name: 'no-text.json', body: meta({ owner: 'ada\0' }) },
      { name: 'bad-split.png', body: await picture(95) },
      { name: 'bad-split.json', body: meta({ split: 'test' }) },
      { name: 'cut.png', body: good.subarray(0, 60) },
      { name: 'cut.json', body: meta() },
      { name: 'text.png', body: 'not a picture' },
      { name: 'text.json', body: meta() },
      { name: 'long-json.json', body: 'x'.repeat(70_000) },
      { name: 'long-json.png', body: await picture(94) },
      { name: 'good.webp', body: await picture(93) },
      { name: 'README.txt', body: 'hello' },
    ])
    const dataset = await ingestWebDataset(tar, { imageSize: 16 })
    expect(dataset.samples.map(({ key }) => key)).toEqual(['good'])
    expect(dataset.quarantinedCount).toBe(11)
    const reasons = Object.fromEntries(dataset.quarantined.map(({ key, reason }) => [key, reason]))
    expect(reasons).toMatchObject({
      'no-json': expect.stringContaining('JSON'),
      'no-picture': expect.stringContaining('picture'),
      'broken-json': expect.stringContaining('cannot be parsed'),
      'no-owner': expect.stringContaining('"owner" is missing'),
      'no-text': expect.stringContaining('cannot be stored'),
      'bad-split': expect.stringContaining('"split" must be one of'),
      cut: expect.stringContaining('damaged'),
      text: expect.stringContaining('not a PNG'),
      'long-json': expect.stringContaining('70000 bytes'),
      good: expect.stringContaining('second picture'),
      README: expect.stringContaining('.txt'),
    })
  })

  it('refuses hostile and damaged archives with a typed error', async () => {
    const tar = Buffer.from(await writeWebDataset(samples))
    const flipped = Buffer.from(tar)
    flipped[150] = (flipped[150] as number) ^ 1
    const lastEntry = tar.length - 1024 - 1024
    const cases: [string, Uint8Array, string][] = [
      ['cut in a file', tar.subarray(0, 3000), 'TAR_TRUNCATED'],
      ['cut between two files', tar.subarray(0, lastEntry), 'TAR_TRUNCATED'],
      ['nothing at all', new Uint8Array(0), 'TAR_TRUNCATED'],
      ['a header of which a bit fell over', flipped, 'TAR_UNREADABLE'],
      ['not a tar', Buffer.alloc(4096, 'lorem ipsum '), 'TAR_UNREADABLE'],
      ['compressed', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0]), 'TAR_UNREADABLE'],
      ['empty', Buffer.alloc(1024), 'DATASET_EMPTY'],
      ['symbolic link', await archive([{ name: 'a.png', type: 'symlink' }]), 'TAR_UNSAFE_ENTRY'],
      ['hard link', await archive([{ name: 'a.png', type: 'link' }]), 'TAR_UNSAFE_ENTRY'],
      ['traversal', await archive([{ name: '../a.png', body: 'x' }]), 'TAR_UNSAFE_ENTRY'],
      ['absolute', await archive([{ name: '/etc/a.png', body: 'x' }]), 'TAR_UNSAFE_ENTRY'],
      ['nothing usable', await archive([{ name: 'a.png', body: 'x' }]), 'DATASET_EMPTY'],
    ]
    for (const [name, bytes, code] of cases)
      await expect(ingestWebDataset(bytes, { imageSize: 16 }), name).rejects.toMatchObject({ code })
  })

  it('stays within its limits and stops when told to', async () => {
    const tar = await writeWebDataset(samples)
    await expect(ingestWebDataset(tar, { imageSize: 16, maxSamples: 39 })).rejects.toMatchObject({
      code: 'DATASET_TOO_LARGE',
    })
    await expect(ingestWebDataset(tar, { imageSize: 4 })).rejects.toMatchObject({ field: 'imageSize' })
    const stop = new AbortController()
    const stopped = ingestWebDataset(tar, {
      imageSize: 16,
      signal: stop.signal,
      onProgress: () => stop.abort(new Error('cancelled')),
    })
    await expect(stopped).rejects.toThrow('cancelled')
  })

  it('refuses JSON and pictures that lie too far apart to be paired in bounded memory', async () => {
    const members = Array.from({ length: 10_001 }, (_, i) => ({ name: `k${i}.json`, body: meta() }))
    await expect(ingestWebDataset(await archive(members), { imageSize: 16 })).rejects.toMatchObject({
      code: 'TAR_ORDER',
    })
  })
})

describe('pack', () => {
  it('gives the wanted rows with their pixels and metadata', async () => {
    const { pack } = await ingestWebDataset(await writeWebDataset(samples), { imageSize: 16 })
    const heldOut = selectImages(readPack(pack), (sample) => sample.split === 'held-out')
    expect(heldOut).toMatchObject({ count: 10, height: 16, width: 16, channels: 3 })
    expect(heldOut.labels[0]).toBe('label 30')
    expect(Buffer.from(heldOut.data)).toEqual(Buffer.from(readPack(pack).images.data.subarray(30 * 768)))
  })

  it('refuses bytes that are no pack or contradict themselves', async () => {
    const { pack } = await ingestWebDataset(await writeWebDataset(samples), { imageSize: 16 })
    const read = readPack(pack)
    const [first, ...others] = read.samples
    const twice = writePack({ ...read, samples: [others[0] as never, ...others] })
    const short = writePack({ ...read, samples: others })
    const badSplit = writePack({
      ...read,
      samples: [{ ...(first as never as object), split: 'all' } as never, ...others],
    })
    for (const [bytes, field] of [
      [pack.subarray(0, 100), undefined],
      [twice, 'contentIds'],
      [short, 'contentIds'],
      [badSplit, 'splits'],
    ] as const)
      expect(() => readPack(bytes)).toThrowError(
        expect.objectContaining({ code: 'PACK_INVALID', ...(field ? { field } : {}) }),
      )
  })
})
