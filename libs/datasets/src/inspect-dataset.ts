import { setImmediate } from 'node:timers/promises'
import { isDomainError } from '@lethe/domain'
import { contentId } from './content-id.js'
import { decodePicture, type DecodedPicture } from './decode-image.js'
import { DigestSet } from './digest-set.js'
import { NearDuplicateIndex } from './near-duplicates.js'
import { perceptualHash } from '@lethe/domain'
import { isFault, isRaw, type Fault, type SampleSource, type SourceSample } from './sources/sample-source.js'
import { Tally, type TallyResult } from './tally.js'

export interface InspectionProgress {
  readonly seen: number
  /** null when the source does not know before its end. */
  readonly expected: number | null
}

export interface InspectOptions {
  readonly onProgress?: (progress: InspectionProgress) => void | Promise<void>
  readonly signal?: AbortSignal
}

export interface DatasetInspection {
  readonly format: SampleSource['format']
  /** Samples with a readable picture, duplicates included. */
  readonly samples: number
  /** Of the pictures, as they are stored. */
  readonly bytes: number
  /** png, jpeg, webp, raw. */
  readonly pictureFormats: TallyResult
  /** `WIDTHxHEIGHT` in pixels. */
  readonly sizes: TallyResult
  readonly smallest: { readonly width: number; readonly height: number } | null
  readonly largest: { readonly width: number; readonly height: number } | null
  readonly classes: TallyResult
  readonly captioned: number
  readonly owners: TallyResult
  /** As the source names them; samples without one are not in it. */
  readonly splits: TallyResult
  /** Samples whose bytes came before. */
  readonly exactDuplicates: number
  /** Samples that resemble an earlier, different one. */
  readonly nearDuplicates: number
  /** Samples for which resemblance was not, or not fully, looked for because a bound was met. */
  readonly resemblanceUnknown: number
  /** The first 100; `quarantinedCount` counts all. */
  readonly quarantined: readonly Fault[]
  readonly quarantinedCount: number
  readonly quarantineReasons: TallyResult
}

/** Pictures decoded at once. */
const BATCH = 16
/** Edge at which pictures are compared, pixels. */
const EDGE = 32
const MAX_LISTED_FAULTS = 100
const LISTED = 20

/**
 * Looks at every sample of a source without keeping any: what ingest would find, and what the data is like.
 * Memory: about 300 bytes per different picture (its digest and what it looks like), the latter of at most 2²⁰.
 * @throws whatever the source throws; the signal's reason when aborted.
 */
export async function inspectDataset(
  source: SampleSource,
  { onProgress, signal }: InspectOptions = {},
): Promise<DatasetInspection> {
  const inspector = new Inspector()
  let seen = 0
  let batch: SourceSample[] = []
  const look = async () => {
    const decoded = await Promise.all(batch.map(decode))
    for (const [i, sample] of batch.entries()) inspector.take(sample, decoded[i] as DecodedPicture | string)
    batch = []
    await onProgress?.({ seen, expected: source.expected })
    // A source in memory never waits: without this nothing else would run, and no abort be heard, until its end.
    await setImmediate()
  }
  for await (const item of source) {
    signal?.throwIfAborted()
    seen++
    if (isFault(item)) inspector.quarantine(item)
    else batch.push(item)
    if (batch.length === BATCH) await look()
  }
  await look()
  return { format: source.format, ...inspector.result() }
}

/** @returns the picture, or the reason why there is none. */
async function decode({ picture }: SourceSample): Promise<DecodedPicture | string> {
  try {
    return await decodePicture(picture, EDGE)
  } catch (error) {
    if (isDomainError(error)) return error.message
    throw error
  }
}

class Inspector {
  #samples = 0
  #bytes = 0
  #captioned = 0
  #exactDuplicates = 0
  #nearDuplicates = 0
  #quarantinedCount = 0
  #smallest: DatasetInspection['smallest'] = null
  #largest: DatasetInspection['largest'] = null
  readonly #known = new DigestSet()
  readonly #looks = new NearDuplicateIndex()
  readonly #quarantined: Fault[] = []
  readonly #formats = new Tally()
  readonly #sizes = new Tally()
  readonly #classes = new Tally()
  readonly #owners = new Tally()
  readonly #splits = new Tally()
  readonly #reasons = new Tally()

  quarantine(fault: Fault): void {
    this.#quarantinedCount++
    // Without its numbers, so that equal reasons are counted together.
    this.#reasons.add(fault.reason.replace(/\d+/g, '#'))
    if (this.#quarantined.length < MAX_LISTED_FAULTS) this.#quarantined.push(fault)
  }

  take({ key, picture, caption, group, owner, split }: SourceSample, decoded: DecodedPicture | string): void {
    if (typeof decoded === 'string') return this.quarantine({ key, reason: decoded })
    const bytes = isRaw(picture) ? picture.planes : picture
    this.#samples++
    this.#bytes += bytes.length
    this.#formats.add(decoded.format)
    this.#measure(decoded)
    if (caption !== null) this.#captioned++
    if (group !== null) this.#classes.add(group)
    if (owner !== null) this.#owners.add(owner)
    if (split !== null) this.#splits.add(split)
    if (!this.#known.add(contentId(bytes))) this.#exactDuplicates++
    else if (this.#looks.add(perceptualHash(decoded.rgb, EDGE)) !== null) this.#nearDuplicates++
  }

  #measure({ width, height }: DecodedPicture): void {
    this.#sizes.add(`${width}x${height}`)
    const area = (size: { width: number; height: number }) => size.width * size.height
    if (this.#smallest === null || width * height < area(this.#smallest)) this.#smallest = { width, height }
    if (this.#largest === null || width * height > area(this.#largest)) this.#largest = { width, height }
  }

  result(): Omit<DatasetInspection, 'format'> {
    return {
      samples: this.#samples,
      bytes: this.#bytes,
      pictureFormats: this.#formats.result(LISTED),
      sizes: this.#sizes.result(LISTED),
      smallest: this.#smallest,
      largest: this.#largest,
      classes: this.#classes.result(LISTED),
      captioned: this.#captioned,
      owners: this.#owners.result(LISTED),
      splits: this.#splits.result(LISTED),
      exactDuplicates: this.#exactDuplicates,
      nearDuplicates: this.#nearDuplicates,
      resemblanceUnknown: this.#looks.unremembered + this.#looks.cutShort,
      quarantined: this.#quarantined,
      quarantinedCount: this.#quarantinedCount,
      quarantineReasons: this.#reasons.result(LISTED),
    }
  }
}
