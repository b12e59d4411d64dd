import { createHash } from 'node:crypto'
import { contentId, decodeImage, emojiSamples, type EmojiSample } from '@lethe/datasets'
import {
  assignTwins,
  commitToTwinSeed,
  pairTwins,
  randomStream,
  selectImages,
  shuffledIndices,
  type PackedImages,
} from '@lethe/domain'

/** Edge of a picture. At 16 × 16 a network of three stages remembers 384 emoji in 2,400 steps. */
export const EDGE = 16

export interface WorldSizes {
  readonly retain: number
  readonly forget: number
  readonly heldOut: number
}

export const worldSizes: WorldSizes = { retain: 256, forget: 128, heldOut: 800 }

export interface LabelledSet {
  readonly images: PackedImages
  /** Unicode's groups. */
  readonly labels: Int32Array
  readonly captions: readonly string[]
}

/** One deal of emoji: who is trained on, who is to be forgotten, and who stays unseen. */
export interface World {
  readonly retain: LabelledSet
  /** The twin of each pair that the coin put into training. */
  readonly forget: LabelledSet
  /** Its other half, row by row. */
  readonly twins: LabelledSet
  readonly heldOut: LabelledSet
  readonly commitment: string
}

/** One picture of each family, so that no look-alike tells the sets apart; pairs of twins are any two of them. */
export async function dealWorld(seed: number, sizes = worldSizes): Promise<World> {
  const pictures = await decodeFamilies()
  const order = shuffledIndices(pictures.length, randomStream(seed, 0xa0d17))
  const dealt = Array.from(order, (index) => pictures[index] as Picture)
  const { retain, forget, heldOut } = sizes
  if (2 * forget + retain + heldOut > dealt.length)
    throw new Error(`There are ${dealt.length} families of emoji; the sets ask for more.`)
  const coins = tossCoins(dealt.slice(0, 2 * forget), seed)
  const [kept, unseen] = [dealt.slice(2 * forget, 2 * forget + retain), dealt.slice(2 * forget + retain)]
  return {
    retain: setOf(kept),
    forget: setOf(coins.members),
    twins: setOf(coins.twins),
    heldOut: setOf(unseen.slice(0, heldOut)),
    commitment: coins.commitment,
  }
}

interface Picture {
  readonly sample: EmojiSample
  readonly pixels: Uint8Array
}

async function decodeFamilies(): Promise<Picture[]> {
  const families = new Map<string, EmojiSample>()
  for (const sample of await emojiSamples()) if (!families.has(sample.family)) families.set(sample.family, sample)
  return Promise.all(
    [...families.values()].map(async (sample) => ({ sample, pixels: await decodeImage(sample.png, EDGE) })),
  )
}

/** Coins as at enrolment, from a seed that this deal decides. */
function tossCoins(dealt: readonly Picture[], seed: number) {
  const byId = new Map(dealt.map((picture) => [contentId(picture.sample.png), picture]))
  const candidates = [...byId.keys()].map((id, k) => ({
    contentId: id,
    twin: `pair ${k >> 1}`,
    nearDuplicateOf: null,
    isTrained: true,
  }))
  const secret = createHash('sha256').update(`deal ${seed}`).digest()
  const pairs = assignTwins(pairTwins(candidates, 'metadata'), secret)
  const pick = (side: 'member' | 'twin') => pairs.map((pair) => byId.get(pair[side]) as Picture)
  return { members: pick('member'), twins: pick('twin'), commitment: commitToTwinSeed(secret) }
}

function setOf(pictures: readonly Picture[]): LabelledSet {
  const size = EDGE * EDGE * 3
  const data = new Uint8Array(pictures.length * size)
  pictures.forEach(({ pixels }, row) => data.set(pixels, row * size))
  return {
    images: { data, count: pictures.length, height: EDGE, width: EDGE, channels: 3 },
    labels: Int32Array.from(pictures, ({ sample }) => labelOf(sample.group)),
    captions: pictures.map(({ sample }) => sample.label),
  }
}

/** A number that a group has in every set. */
const labelOf = (group: string): number => createHash('sha256').update(group).digest().readUInt16LE(0)

export const join = (...sets: readonly LabelledSet[]): LabelledSet => {
  const [first] = sets as [LabelledSet]
  const images = sets.map((set) => set.images)
  return {
    images: {
      ...first.images,
      count: images.reduce((sum, { count }) => sum + count, 0),
      data: Buffer.concat(images.map(({ data }) => data)),
    },
    labels: Int32Array.from(sets.flatMap(({ labels }) => [...labels])),
    captions: sets.flatMap(({ captions }) => captions),
  }
}

/** Rows `from` to `to` of a set. */
export function slice({ images, labels, captions }: LabelledSet, from: number, to: number): LabelledSet {
  const rows = Int32Array.from({ length: to - from }, (_, k) => from + k)
  return { images: selectImages(images, rows), labels: labels.slice(from, to), captions: captions.slice(from, to) }
}
