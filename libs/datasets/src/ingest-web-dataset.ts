import { isDomainError, type ContentId } from '@lethe/domain'
import { contentId } from './content-id.js'
import { decodeImage, defaultImageLimits } from './decode-image.js'
import { refuse } from './errors.js'
import { NearDuplicateIndex } from './near-duplicates.js'
import { writePack } from './pack.js'
import { MemberPairs, splitName, type Fault, type SamplePair } from './pair-members.js'
import { perceptualHash } from './perceptual-hash.js'
import { readTar } from './read-tar.js'
import { assertImageSize, parseSampleMetadata, type SampleMetadata } from './sample-metadata.js'

/** One accepted sample; `index` is its row in the pack. */
export interface IngestedSample extends SampleMetadata {
  readonly index: number
  readonly contentId: ContentId
  readonly key: string
  /** The earliest accepted sample that this one resembles. */
  readonly nearDuplicateOf: ContentId | null
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
}

export interface IngestOptions {
  /** Edge of the square that every picture is fitted into, pixels. */
  readonly imageSize: number
  readonly signal?: AbortSignal
  /** Called after each batch with the number of samples looked at so far. */
  readonly onProgress?: (seen: number) => void | Promise<void>
  readonly maxSamples?: number
  readonly maxPackBytes?: number
}

const MAX_JSON_BYTES = 64 * 1024
const MAX_LISTED_FAULTS = 1000
/** Pictures decoded at once. */
const BATCH = 16

/**
 * Reads a WebDataset tar: `KEY.png|jpg|jpeg|webp`, each beside `KEY.json` with {@link SampleMetadata}.
 * What cannot be used is quarantined with its reason and counted; the same bytes twice are kept once and counted.
 * Memory: the pack itself, one batch of pictures, and at most 64 MiB of halves that wait for each other.
 * @throws DomainError TAR_*, DATASET_*; the signal's reason when aborted.
 */
export async function ingestWebDataset(
  source: Uint8Array | AsyncIterable<Uint8Array>,
  options: IngestOptions,
): Promise<IngestedDataset> {
  assertImageSize(options.imageSize)
  const pairs = new MemberPairs()
  const intake = new Intake(options)
  const maxBytes = (name: string) =>
    splitName(name).extension === 'json' ? MAX_JSON_BYTES : defaultImageLimits.maxBytes
  let batch: SamplePair[] = []
  for await (const member of readTar(source, maxBytes)) {
    options.signal?.throwIfAborted()
    const outcome = pairs.add(member)
    if (outcome === null) continue
    if ('reason' in outcome) intake.quarantine(outcome)
    else batch.push(outcome)
    if (batch.length < BATCH) continue
    await intake.accept(batch)
    batch = []
  }
  await intake.accept(batch)
  for (const fault of pairs.leftovers()) intake.quarantine(fault)
  return intake.finish()
}

class Intake {
  readonly #options: IngestOptions
  readonly #pixels: Uint8Array[] = []
  readonly #samples: IngestedSample[] = []
  readonly #known = new Set<ContentId>()
  readonly #index = new NearDuplicateIndex()
  readonly #faults: Fault[] = []
  #faultCount = 0
  #exactDuplicates = 0
  #seen = 0

  constructor(options: IngestOptions) {
    this.#options = options
  }

  quarantine(fault: Fault): void {
    this.#faultCount++
    if (this.#faults.length < MAX_LISTED_FAULTS) this.#faults.push(fault)
  }

  async accept(batch: readonly SamplePair[]): Promise<void> {
    const decoded = await Promise.all(batch.map((pair) => this.#decode(pair)))
    this.#options.signal?.throwIfAborted()
    batch.forEach((pair, i) => this.#take(pair, decoded[i] as Uint8Array | string))
    this.#seen += batch.length
    if (batch.length > 0) await this.#options.onProgress?.(this.#seen)
  }

  /** @returns the pixels, or the reason why there are none. */
  async #decode(pair: SamplePair): Promise<Uint8Array | string> {
    try {
      return await decodeImage(pair.picture, this.#options.imageSize)
    } catch (error) {
      if (isDomainError(error)) return error.message
      throw error
    }
  }

  #take({ key, picture, json }: SamplePair, pixels: Uint8Array | string): void {
    const metadata = parseSampleMetadata(json)
    if (typeof metadata === 'string') return this.quarantine({ key, reason: metadata })
    if (typeof pixels === 'string') return this.quarantine({ key, reason: pixels })
    const id = contentId(picture)
    if (this.#known.has(id)) {
      this.#exactDuplicates++
      return
    }
    this.#assertRoom(pixels.length)
    const earlier = this.#index.add(perceptualHash(pixels, this.#options.imageSize))
    const nearDuplicateOf = earlier === null ? null : (this.#samples[earlier] as IngestedSample).contentId
    this.#known.add(id)
    this.#pixels.push(pixels)
    this.#samples.push({ index: this.#samples.length, contentId: id, key, ...metadata, nearDuplicateOf })
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
        `No sample could be accepted. ${first ? `${first.key}: ${first.reason}` : 'The archive is empty.'}`,
      )
    const size = this.#options.imageSize
    const images = {
      data: Buffer.concat(this.#pixels),
      count: this.#samples.length,
      height: size,
      width: size,
      channels: 3,
    }
    return {
      pack: writePack({ images, samples: this.#samples }),
      samples: this.#samples,
      quarantined: this.#faults,
      quarantinedCount: this.#faultCount,
      exactDuplicates: this.#exactDuplicates,
      nearDuplicates: this.#samples.filter((sample) => sample.nearDuplicateOf !== null).length,
    }
  }
}
