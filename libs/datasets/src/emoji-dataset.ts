import { randomIndex, randomStream, shuffledIndices, type RandomStream } from '@lethe/domain'
import { refuse } from './errors.js'
import { emojiSamples, type EmojiSample } from './emoji-samples.js'
import type { Split } from './sample-metadata.js'
import { writeWebDataset } from './write-web-dataset.js'

export interface EmojiDatasetOptions {
  /** Pictures that are trained on, of all owners together; met to within one family of twins. */
  readonly trainCount: number
  readonly calibrationCount: number
  /** Held-out pictures; the rest of the set when missing. */
  readonly heldOutCount?: number
  /** Owners of the train split. */
  readonly owners: readonly EmojiOwner[]
  /** Whose the calibration and held-out pictures are: they are no customer's. */
  readonly referenceOwner: string
  /**
   * Deals one picture of each family of twins only. An audit counts pictures as independent; twins on one side of it tell the
   * two sides apart without any model (3 of 16 deals, against none of 16 without twins).
   */
  readonly onePerFamily?: boolean
  readonly seed: number
}

export interface EmojiOwner {
  readonly key: string
  /** Share of the train split, in (0, 1]; all shares together are 1. */
  readonly share: number
}

export interface EmojiAssignment extends EmojiSample {
  readonly split: Split
  readonly owner: string
}

interface Place {
  readonly split: Split
  readonly owner: string
  readonly capacity: number
}

/**
 * Deals emoji to splits and owners. Whole families go to places drawn at random in proportion to the room left, so
 * that the pictures of every owner, and the held-out ones, are drawn alike from the same set.
 * @throws DomainError DATASET_PARAMETERS when the set is too small or the shares do not add up.
 */
export function assignEmoji(all: readonly EmojiSample[], options: EmojiDatasetOptions): EmojiAssignment[] {
  const samples = options.onePerFamily === true ? firstOfEachFamily(all) : all
  const places = placesOf(samples.length, options)
  const room = places.map((place) => place.capacity)
  const random = randomStream(options.seed, 0xe3031)
  const families = groupByFamily(samples)
  const assigned: EmojiAssignment[] = []
  for (const index of shuffledIndices(families.length, random)) {
    const family = families[index] as EmojiSample[]
    const at = drawPlace(room, family.length, random)
    if (at === null) continue
    room[at] = (room[at] as number) - family.length
    const { split, owner } = places[at] as Place
    assigned.push(...family.map((sample) => ({ ...sample, split, owner })))
  }
  return assigned.sort((a, b) => (a.key < b.key ? -1 : 1))
}

const firstOfEachFamily = (samples: readonly EmojiSample[]): EmojiSample[] =>
  groupByFamily(samples).map(([first]) => first as EmojiSample)

function groupByFamily(samples: readonly EmojiSample[]): EmojiSample[][] {
  const families = new Map<string, EmojiSample[]>()
  for (const sample of samples) {
    const twins = families.get(sample.family)
    if (twins) twins.push(sample)
    else families.set(sample.family, [sample])
  }
  return [...families.values()]
}

/** @returns a place with room for `size` more, drawn in proportion to its room; null when none has. */
function drawPlace(room: readonly number[], size: number, random: RandomStream): number | null {
  const fitting = room.map((left) => (left >= size ? left : 0))
  const total = fitting.reduce((sum, left) => sum + left, 0)
  if (total === 0) return null
  let ticket = randomIndex(random, total)
  return fitting.findIndex((left) => (ticket -= left) < 0)
}

function placesOf(available: number, options: EmojiDatasetOptions): Place[] {
  const { trainCount, calibrationCount, owners, referenceOwner } = options
  const heldOutCount = options.heldOutCount ?? available - trainCount - calibrationCount
  const shares = owners.reduce((sum, { share }) => sum + share, 0)
  if (owners.length === 0 || owners.some(({ share }) => share <= 0) || Math.abs(shares - 1) > 1e-9)
    refuse('DATASET_PARAMETERS', 'The shares of the owners must be above 0 and add up to 1.', 'owners')
  if (trainCount < owners.length || heldOutCount < 1 || trainCount + calibrationCount + heldOutCount > available)
    refuse(
      'DATASET_PARAMETERS',
      `The set holds ${available} pictures; train, calibration and held-out ask for more.`,
      'trainCount',
    )
  return [
    ...owners.map(({ key, share }) => ({
      split: 'train' as const,
      owner: key,
      capacity: Math.round(share * trainCount),
    })),
    { split: 'calibration', owner: referenceOwner, capacity: calibrationCount },
    { split: 'held-out', owner: referenceOwner, capacity: heldOutCount },
  ]
}

/** The emoji set dealt out as told, as a WebDataset tar; the same options give the same deal. */
export async function emojiDataset(
  options: EmojiDatasetOptions,
): Promise<{ tar: Uint8Array; samples: readonly EmojiAssignment[] }> {
  const samples = assignEmoji(await emojiSamples(), options)
  const tar = await writeWebDataset(
    samples.map(({ key, label, group, owner, split, png }) => ({ key, label, group, owner, split, picture: png })),
  )
  return { tar, samples }
}
