import { assignTwins, commitToTwinSeed, pairTwins } from '@lethe/domain'
import { describe, expect, it } from 'vitest'
import { encodePng } from './encode-png.js'
import { ingestWebDataset } from './ingest-web-dataset.js'
import { readPack, writePack } from './pack.js'
import type { Split } from './sample-metadata.js'
import { writeWebDataset, type NewSample } from './write-web-dataset.js'

const seed = new Uint8Array(32).fill(7)
const EDGE = 16

/** A picture that no other resembles; `shade` makes one that does. */
async function picture(number: number, shade = 0): Promise<Uint8Array> {
  const rgb = Uint8Array.from({ length: EDGE * EDGE * 3 }, (_, k) => {
    const pixel = Math.floor(k / 3)
    return (
      ((Math.imul(
        (number + 1) * 7919 + Math.floor((pixel % EDGE) / 4) + 4 * Math.floor(pixel / (4 * EDGE)),
        0x9e3779b1,
      ) >>>
        24) +
        shade) &
      255
    )
  })
  return encodePng(rgb, EDGE)
}

const sample = async (
  key: string,
  bytes: Promise<Uint8Array>,
  changes: Partial<NewSample> = {},
): Promise<NewSample> => ({
  key,
  picture: await bytes,
  label: key,
  owner: 'ada',
  split: 'train' as Split,
  group: null,
  ...changes,
})

const pairs = (count: number) =>
  Promise.all(
    Array.from({ length: count }, (_, pair) => [
      sample(`a${pair}`, picture(2 * pair), { twin: `pair ${pair}` }),
      sample(`b${pair}`, picture(2 * pair + 1), { twin: `pair ${pair}` }),
    ]).flat(),
  )

describe('twins at enrolment', () => {
  it('lose or win their coin, which the seed alone decides, and the pack says how', async () => {
    const samples = [
      ...(await pairs(20)),
      await sample('alone', picture(99)),
      await sample('held', picture(98), { split: 'held-out' }),
    ]
    const dataset = await ingestWebDataset(await writeWebDataset(samples), {
      imageSize: EDGE,
      twins: { pairing: 'metadata', seed },
    })
    const pack = readPack(dataset.pack)
    expect(dataset.twins).toEqual({ pairing: 'metadata', pairs: 20, commitment: commitToTwinSeed(seed) })
    expect(pack.twins).toEqual(dataset.twins)
    for (let pair = 0; pair < 20; pair++) {
      const own = pack.samples.filter(({ twin }) => twin === String(pair))
      expect(own.map(({ split }) => split).sort()).toEqual(['train', 'twin'])
      const [dealt] = assignTwins(
        pairTwins(
          own.map(({ contentId }) => ({ contentId, twin: 'x', nearDuplicateOf: null, isTrained: true })),
          'metadata',
        ),
        seed,
      )
      expect(own.find(({ split }) => split === 'train')?.contentId).toBe(dealt?.member)
    }
    expect(pack.samples.filter(({ twin }) => twin === undefined)).toHaveLength(2)
    expect(dataset.samples.map(({ split }) => split)).toEqual(pack.samples.map(({ split }) => split))
  })

  it('can be near-duplicates that the ingestion finds', async () => {
    const samples = [
      await sample('first', picture(1)),
      await sample('again', picture(1, 1)),
      await sample('other', picture(5)),
    ]
    const dataset = await ingestWebDataset(await writeWebDataset(samples), {
      imageSize: EDGE,
      twins: { pairing: 'near-duplicate', seed },
    })
    expect(dataset.twins?.pairs).toBe(1)
    expect(dataset.samples.map(({ split }) => split).sort()).toEqual(['train', 'train', 'twin'])
  })

  it('leave no trace where nobody asked for them: the pack has the bytes that it always had', async () => {
    const named = await ingestWebDataset(await writeWebDataset(await pairs(3)), { imageSize: EDGE })
    const plain = await ingestWebDataset(await writeWebDataset((await pairs(3)).map(({ twin: _, ...rest }) => rest)), {
      imageSize: EDGE,
    })
    expect(named.twins).toBeNull()
    expect(Buffer.from(named.pack)).toEqual(Buffer.from(plain.pack))
    expect(readPack(plain.pack)).not.toHaveProperty('twins')
  })

  it('are refused where there are none, a name is borne thrice, or the seed is too short', async () => {
    const alone = await writeWebDataset([await sample('alone', picture(1))])
    const options = { imageSize: EDGE, twins: { pairing: 'metadata', seed } } as const
    await expect(ingestWebDataset(alone, options)).rejects.toMatchObject({ code: 'DATASET_PARAMETERS', field: 'twins' })
    const three = await Promise.all([1, 2, 3].map((k) => sample(`t${k}`, picture(k), { twin: 'x' })))
    await expect(ingestWebDataset(await writeWebDataset(three), options)).rejects.toMatchObject({
      code: 'TWINS_INVALID',
    })
    const short = { ...options, twins: { ...options.twins, seed: seed.subarray(1) } }
    await expect(ingestWebDataset(await writeWebDataset(await pairs(1)), short)).rejects.toMatchObject({
      code: 'TWIN_SEED_INVALID',
    })
  })

  it('in a pack that contradicts itself are refused by name', async () => {
    const { pack } = await ingestWebDataset(await writeWebDataset(await pairs(2)), {
      imageSize: EDGE,
      twins: { pairing: 'metadata', seed },
    })
    const parsed = readPack(pack)
    const twins = { ...parsed.twins, commitment: 'no digest' } as never
    expect(() => readPack(writePack({ ...parsed, twins }))).toThrow(
      expect.objectContaining({ code: 'PACK_INVALID', field: 'twins' }) as Error,
    )
  })
})
