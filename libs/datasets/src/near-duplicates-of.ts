import type { ContentId, PackedImages } from '@lethe/domain'
import { refuse } from './errors.js'
import { NearDuplicateIndex } from './near-duplicates.js'
import type { Pack } from './pack.js'
import { perceptualHash } from '@lethe/domain'

export interface NearDuplicate {
  readonly contentId: ContentId
  /** The first of those asked for that it resembles. */
  readonly resembles: ContentId
}

/** Pictures and, row by row, what they are called. */
type Named = PackedImages & { readonly contentIds: readonly ContentId[] }

/**
 * Samples of a pack that resemble one of `ids` without being one: forgetting is undefined for these as long as they
 * are learned. Found anew from the pixels, as ingest found them, so that packs of any age answer; every pair counts,
 * not only the earliest that ingest notes. Ids that the pack does not hold resemble nothing.
 * @returns in pack order.
 */
export function nearDuplicatesOf({ images, samples }: Pack, ids: Iterable<ContentId>): NearDuplicate[] {
  const named = { ...images, contentIds: samples.map(({ contentId }) => contentId) }
  const wanted = new Set(ids)
  return search(
    named,
    (id) => wanted.has(id),
    named,
    (id) => !wanted.has(id),
  )
}

/** As `nearDuplicatesOf`, for two selections: the samples of `retain` that resemble one of `forget`. */
export const nearDuplicatesBetween = (forget: Named, retain: Named): NearDuplicate[] =>
  search(
    forget,
    () => true,
    retain,
    () => true,
  )

function search(
  originals: Named,
  isOriginal: (id: ContentId) => boolean,
  others: Named,
  isOther: (id: ContentId) => boolean,
): NearDuplicate[] {
  const index = new NearDuplicateIndex({ capacity: Infinity, maxComparisons: Infinity })
  const known: ContentId[] = []
  for (const [row, id] of originals.contentIds.entries()) {
    if (!isOriginal(id)) continue
    known.push(id)
    index.add(hashOf(originals, row))
  }
  if (known.length === 0) return []
  return others.contentIds.flatMap((contentId, row) => {
    const position = isOther(contentId) ? index.find(hashOf(others, row)) : null
    return position === null ? [] : [{ contentId, resembles: known[position] as ContentId }]
  })
}

function hashOf({ data, height, width, channels }: PackedImages, row: number) {
  if (height !== width || channels !== 3 || height < 8)
    refuse('PACK_INVALID', 'Pictures must be square, of three channels and at least 8 pixels high to be compared.')
  const size = height * width * channels
  return perceptualHash(data.subarray(row * size, (row + 1) * size), height)
}
