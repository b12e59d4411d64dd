import { isDomainError, lookBytes, perceptualHash, type ContentId, type TwinCommitment } from '@lethe/domain'
import { contentId } from './content-id.js'
import { decodePicture } from './decode-image.js'
import { assertShares, drawSplit, type SplitShares } from './draw-split.js'
import { refuse } from './errors.js'
import { NearDuplicateIndex } from './near-duplicates.js'
import { writePack, type PackSample } from './pack.js'
import { dealTwins, type TwinOptions } from './deal-twins.js'
import { assertImageSize, type PackSplit, type SampleMetadata } from './sample-metadata.js'
import { isRaw, type Fault, type SourceSample } from './sources/sample-source.js'

/** One accepted sample; `index` is its row in the pack. */
export interface IngestedSample extends Omit<SampleMetadata, 'split'> {
  readonly split: PackSplit
  readonly index: number
  readonly contentId: ContentId
  readonly key: string
  /** The earliest accepted sample that this one resembles. */
  readonly nearDuplicateOf: ContentId | null
  /** Perceptual hash, base64 of `lookBytes`: by it a re-encoded copy is found again. */
  readonly look: string
}

export interface IngestedDataset {
  /** Safetensors file, see `readPack`. */
  readonly pack: Uint8Array
  readonly samples: readonly IngestedSample[]
  /** The first 1,000 of them; `quarantinedCount` counts all. */
  readonly quarantined: readonly Fault[]
  readonly quarantinedCount: number
  readonly exactDuplicates: number
  readonly nearDuplicates: number
  /** How twins were dealt, where that was asked for. */
  readonly twins: TwinCommitment | null
}

export interface IngestOptions {
  /** Edge of the square that every picture is fitted into, pixels. */
  readonly imageSize: number
  readonly signal?: AbortSignal
  /** Called after each batch with the number of samples looked at so far. */
  readonly onProgress?: (seen: number) => void | Promise<void>
  readonly maxSamples?: number
  readonly maxPackBytes?: number
  /** Lets a coin decide which of two twins is trained on; the other gets the split `twin`. */
  readonly twins?: TwinOptions
}

/** For what a source does not say of its samples. */
export interface SourceDefaults {
  /** Key of the data owner: `unassigned` when missing. */
  readonly owner?: string
  readonly splitShares?: SplitShares
}

const packSample = ({ contentId, label, group, split, twin }: IngestedSample): PackSample => ({
  contentId,
  label,
  group,
  split,
  ...(twin === undefined ? {} : { twin }),
})

const MAX_LISTED_FAULTS = 1000
const UNLABELLED = 'unlabelled'

/** Takes samples in, batch by batch, and makes the dataset of them. */
export class Intake {
  readonly #options: IngestOptions & SourceDefaults
  #pixels: Uint8Array[] = []
  readonly #samples: IngestedSample[] = []
  readonly #known = new Set<ContentId>()
  readonly #index = new NearDuplicateIndex()
  readonly #faults: Fault[] = []
  #faultCount = 0
  #exactDuplicates = 0
  #seen = 0

  constructor(options: IngestOptions & SourceDefaults) {
    assertImageSize(options.imageSize)
    assertShares(options.splitShares ?? {})
    this.#options = options
  }

  quarantine(fault: Fault): void {
    this.#faultCount++
    if (this.#faults.length < MAX_LISTED_FAULTS) this.#faults.push(fault)
  }

  async accept(batch: readonly SourceSample[]): Promise<void> {
    const decoded = await Promise.all(batch.map((sample) => this.#decode(sample)))
    this.#options.signal?.throwIfAborted()
    batch.forEach((sample, i) => this.#take(sample, decoded[i] as Uint8Array | string))
    this.#seen += batch.length
    if (batch.length > 0) await this.#options.onProgress?.(this.#seen)
  }

  /** @returns the pixels, or the reason why there are none. */
  async #decode({ picture }: SourceSample): Promise<Uint8Array | string> {
    try {
      return (await decodePicture(picture, this.#options.imageSize)).rgb
    } catch (error) {
      if (isDomainError(error)) return error.message
      throw error
    }
  }

  #take(sample: SourceSample, pixels: Uint8Array | string): void {
    const { key, picture, caption, group } = sample
    if (typeof pixels === 'string') return this.quarantine({ key, reason: pixels })
    const id = contentId(isRaw(picture) ? picture.planes : picture)
    if (this.#known.has(id)) {
      this.#exactDuplicates++
      return
    }
    this.#assertRoom(pixels.length)
    const hash = perceptualHash(pixels, this.#options.imageSize)
    const position = this.#index.add(hash)
    const earlier = position === null ? null : (this.#samples[position] as IngestedSample)
    this.#known.add(id)
    this.#pixels.push(pixels)
    this.#samples.push({
      index: this.#samples.length,
      contentId: id,
      key,
      label: caption ?? group ?? UNLABELLED,
      group,
      owner: sample.owner ?? this.#options.owner ?? 'unassigned',
      // Where the source names no split, pictures that resemble each other stay together.
      split: sample.split ?? earlier?.split ?? drawSplit(id, this.#options.splitShares),
      ...(sample.twin === undefined ? {} : { twin: sample.twin }),
      nearDuplicateOf: earlier?.contentId ?? null,
      look: Buffer.from(lookBytes(hash)).toString('base64'),
    })
  }

  #assertRoom(size: number): void {
    const { maxSamples = 200_000, maxPackBytes = 2 ** 30 } = this.#options
    const count = this.#samples.length + 1
    if (count > maxSamples || count * size > maxPackBytes)
      refuse(
        'DATASET_TOO_LARGE',
        `At most ${maxSamples} pictures and ${maxPackBytes} bytes of pixels make one dataset.`,
      )
  }

  finish(): IngestedDataset {
    const [first] = this.#faults
    if (this.#samples.length === 0)
      refuse(
        'DATASET_EMPTY',
        `No sample could be accepted. ${first ? `${first.key}: ${first.reason}` : 'The source is empty.'}`,
      )
    const size = this.#options.imageSize
    const { samples, twins } = dealTwins(this.#samples, this.#options.twins)
    const images = { data: this.#join(), count: this.#samples.length, height: size, width: size, channels: 3 }
    return {
      pack: writePack({ images, samples: samples.map(packSample), ...(twins === null ? {} : { twins }) }),
      samples,
      quarantined: this.#faults,
      quarantinedCount: this.#faultCount,
      exactDuplicates: this.#exactDuplicates,
      nearDuplicates: this.#samples.filter((sample) => sample.nearDuplicateOf !== null).length,
      twins,
    }
  }

  /** All pictures one after the other; each single one is let go as soon as it was copied. */
  #join(): Uint8Array {
    const size = this.#options.imageSize ** 2 * 3
    const pixels = this.#pixels.reverse()
    this.#pixels = []
    const data = new Uint8Array(pixels.length * size)
    for (let at = 0, next = pixels.pop(); next !== undefined; at += size, next = pixels.pop()) data.set(next, at)
    return data
  }
}
