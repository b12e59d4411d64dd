import { decodeImage, emojiSamples, type EmojiSample } from '@lethe/datasets'
import {
  randomStream,
  selectImages,
  shuffledIndices,
  type PackedImages,
  type Samples,
  type ViewConfig,
} from '@lethe/domain'
import { drawViews } from '@lethe/views'

/** At 16 × 16 a network of three stages remembers 320 emoji in 2,000 steps. */
const EDGE = 16
const COUNTS = { retain: 256, forget: 64, heldOut: 500 }
/** Views of each picture that membership is asked by. */
const VIEWS = 10

export interface DealtSet {
  readonly samples: Samples & { readonly captions: readonly string[] }
  /** Unicode's groups, numbered from 0. */
  readonly labels: Int32Array
  /** Every picture in each of its views, the same for every model. */
  readonly views: readonly Float32Array[]
}

/** What an unlearning method is given and judged on. */
export interface Deal {
  /** Retain and forget together: what the original model learned. */
  readonly all: Samples
  readonly retain: DealtSet
  readonly forget: DealtSet
  /** Never seen by any model. */
  readonly heldOut: DealtSet
}

/** Emoji, one of each family so that no look-alike stands on two sides; the seed decides who is where. */
export async function dealSets(seed: number, config: ViewConfig): Promise<Deal> {
  const families = new Map<string, EmojiSample>()
  for (const sample of await emojiSamples()) if (!families.has(sample.family)) families.set(sample.family, sample)
  const pictures = [...families.values()]
  const { data } = await packed(pictures)
  const images: PackedImages = { data, count: pictures.length, height: EDGE, width: EDGE, channels: 3 }
  const groups = [...new Set(pictures.map(({ group }) => group))].sort()
  const order = shuffledIndices(pictures.length, randomStream(seed, 0xdea1))
  const samplesAt = (from: number, count: number) => {
    const rows = order.slice(from, from + count)
    const captions = Array.from(rows, (row) => (pictures[row] as EmojiSample).label)
    return { rows, samples: { ...selectImages(images, rows), captions } }
  }
  const setOf = (from: number, count: number): DealtSet => {
    const { rows, samples } = samplesAt(from, count)
    return {
      samples,
      labels: Int32Array.from(rows, (row) => groups.indexOf((pictures[row] as EmojiSample).group)),
      views: Array.from({ length: VIEWS }, (_, view) => drawViews(samples, config, { seed: 7 + seed, epoch: 0, view })),
    }
  }
  const { retain, forget, heldOut } = COUNTS
  return {
    all: samplesAt(0, retain + forget).samples,
    retain: setOf(0, retain),
    forget: setOf(retain, forget),
    heldOut: setOf(retain + forget, heldOut),
  }
}

async function packed(pictures: readonly EmojiSample[]): Promise<{ data: Uint8Array }> {
  const decoded = await Promise.all(pictures.map(({ png }) => decodeImage(png, EDGE)))
  const data = new Uint8Array(decoded.length * EDGE * EDGE * 3)
  decoded.forEach((pixels, row) => data.set(pixels, row * EDGE * EDGE * 3))
  return { data }
}
