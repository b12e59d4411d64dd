import type { Split } from '../sample-metadata.js'

export const sourceFormats = ['cifar-10', 'cifar-100', 'image-folder', 'webdataset', 'parquet', 'csv', 'jsonl'] as const
export type SourceFormat = (typeof sourceFormats)[number]

/** Bare pixels, as CIFAR keeps them. */
export interface RawPicture {
  /** The very bytes of the file: [3, height, width], planes R, G, B. They are the sample's identity. */
  readonly planes: Uint8Array
  readonly width: number
  readonly height: number
}

/** One sample as its format has it; null where the format says nothing. */
export interface SourceSample {
  /** Names the sample within its source, at most 512 characters. */
  readonly key: string
  /** Bytes of a PNG, JPEG or WebP file, or bare pixels; valid until the next sample is asked for and after. */
  readonly picture: Uint8Array | RawPicture
  /** Text that describes the picture. */
  readonly caption: string | null
  /** Name of its class. */
  readonly group: string | null
  /** Key by which the data owner is known. */
  readonly owner: string | null
  readonly split: Split | null
  /** Name of the pair of twins that it is of. */
  readonly twin?: string
}

/** A sample that cannot be used, and why. */
export interface Fault {
  readonly key: string
  readonly reason: string
}

/**
 * Samples in an order that depends on the data alone, one at a time: what is not asked for is not read. Iterating again
 * starts from the beginning. Throws DomainError when the source as a whole cannot be read on.
 */
export interface SampleSource extends AsyncIterable<SourceSample | Fault> {
  readonly format: SourceFormat
  /** How many items will come, where that is known without reading them. */
  readonly expected: number | null
}

export const isFault = (item: SourceSample | Fault): item is Fault => 'reason' in item

export const isRaw = (picture: Uint8Array | RawPicture): picture is RawPicture => !(picture instanceof Uint8Array)
