import type { ContentId } from '@lethe/domain'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { ingestSource } from './ingest-source.js'
import { nearDuplicatesBetween, nearDuplicatesOf } from './near-duplicates-of.js'
import { readPack, selectImages, type Pack } from './pack.js'
import { blocks } from './testing/pictures.js'

let pack: Pack
/** Content ids: three pictures, then a copy of each but the last, then a second copy of the first. */
let ids: ContentId[]
beforeAll(async () => {
  const originals = await Promise.all([1, 2, 3].map(blocks))
  const saved = (picture: Buffer | undefined, quality: number) =>
    sharp(picture).jpeg({ quality, chromaSubsampling: '4:4:4' }).toBuffer()
  const copies = [await saved(originals[0], 98), await saved(originals[1], 98), await saved(originals[0], 96)]
  const dataset = await ingestSource(
    (async function* () {
      for (const [i, picture] of [...originals, ...copies].entries())
        yield await Promise.resolve({
          key: `${i}`,
          picture,
          caption: null,
          group: null,
          owner: null,
          split: 'train' as const,
        })
    })(),
    { imageSize: 64 },
  )
  pack = readPack(dataset.pack)
  ids = pack.samples.map(({ contentId }) => contentId)
})

const at = (...rows: number[]) => rows.map((row) => ids[row] as ContentId)

describe('nearDuplicatesOf', () => {
  it('finds whatever resembles the forget set outside of it, whichever came first', () => {
    expect(nearDuplicatesOf(pack, at(0))).toEqual([
      { contentId: ids[3], resembles: ids[0] },
      { contentId: ids[5], resembles: ids[0] },
    ])
    // Ingest noted of the two copies only that each resembles the original; that they resemble each other counts too.
    expect(nearDuplicatesOf(pack, at(5)).map(({ contentId }) => contentId)).toEqual(at(0, 3))
    expect(nearDuplicatesOf(pack, at(0, 3, 5, 1))).toEqual([{ contentId: ids[4], resembles: ids[1] }])
  })

  it('finds nothing beside a picture that is alone, nor for ids that the pack does not hold', () => {
    expect(nearDuplicatesOf(pack, at(2))).toEqual([])
    expect(nearDuplicatesOf(pack, ['0'.repeat(64) as ContentId])).toEqual([])
    expect(nearDuplicatesOf(pack, [])).toEqual([])
    expect(nearDuplicatesOf(pack, ids)).toEqual([])
  })

  it('compares two selections as well', () => {
    const pick = (rows: readonly number[]) => selectImages(pack, (_, row) => rows.includes(row))
    expect(nearDuplicatesBetween(pick([3]), pick([0, 1, 2]))).toEqual([{ contentId: ids[0], resembles: ids[3] }])
    expect(nearDuplicatesBetween(pick([3]), pick([1, 2, 4]))).toEqual([])
  })
})
