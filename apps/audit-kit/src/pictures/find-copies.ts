import { nearDuplicatesBetween } from '@lethe/datasets'
import type { PackedImages } from '@lethe/domain'
import { refuse } from '../kit-error.js'
import { packPictures } from './pack-pictures.js'
import type { LoadedPictures, Picture } from './load-pictures.js'

/** Below this a picture is too small for its looks to say much. */
const SMALLEST_COMPARED = 16
const SHOWN = 5

/** Pictures of `others` that are one of `originals`, by their files or pixels, or look nearly like one. */
export function findCopies(originals: readonly Picture[], others: readonly Picture[], imageSize: number): Picture[] {
  const ids = new Set(originals.map(({ contentId }) => contentId))
  const pixels = new Set(originals.map(({ rgb }) => Buffer.from(rgb).toString('latin1')))
  const near =
    imageSize < SMALLEST_COMPARED ? [] : nearDuplicatesBetween(named(originals, imageSize), named(others, imageSize))
  const nearIds = new Set(near.map(({ contentId }) => contentId))
  return others.filter(
    ({ contentId, rgb }) =>
      ids.has(contentId) || nearIds.has(contentId) || pixels.has(Buffer.from(rgb).toString('latin1')),
  )
}

const named = (
  pictures: readonly Picture[],
  imageSize: number,
): PackedImages & { contentIds: Picture['contentId'][] } => ({
  ...packPictures(pictures, imageSize),
  contentIds: pictures.map(({ contentId }) => contentId),
})

export interface CopyRule {
  readonly originals: LoadedPictures
  readonly imageSize: number
  /** Leave copies out of the other set instead of refusing. */
  readonly leaveOut: boolean
  /** What it means that there are copies, and what to do. */
  readonly meaning: string
  readonly field: string
}

/** The other set without copies. @throws DomainError SETS_OVERLAP, which names some of them. */
export function withoutCopies(others: LoadedPictures, rule: CopyRule): LoadedPictures {
  const copies = findCopies(rule.originals.pictures, others.pictures, rule.imageSize)
  if (copies.length === 0) return others
  if (!rule.leaveOut) {
    const names = copies.slice(0, SHOWN).map(({ key }) => key)
    const more = copies.length > SHOWN ? ` and ${copies.length - SHOWN} more` : ''
    refuse(
      'SETS_OVERLAP',
      `${rule.meaning}: ${names.join(', ')}${more}. Remove them, or let --leave-out-copies do it.`,
      rule.field,
    )
  }
  const gone = new Set(copies)
  return {
    pictures: others.pictures.filter((picture) => !gone.has(picture)),
    leftOut: [...others.leftOut, ...copies.map(({ key }) => ({ key, reason: 'Looks like a picture of another set.' }))],
  }
}
