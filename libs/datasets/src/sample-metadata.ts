import { refuse } from './errors.js'

export const splits = ['train', 'calibration', 'held-out'] as const
export type Split = (typeof splits)[number]

/** Splits of a pack: a coin may have kept a sample of the train split out of training, as the twin of one that is in it. */
export const packSplits = [...splits, 'twin'] as const
export type PackSplit = (typeof packSplits)[number]

/** What `KEY.json` says of the picture beside it. */
export interface SampleMetadata {
  readonly label: string
  readonly group: string | null
  /** Key by which the tenant knows the data owner. */
  readonly owner: string
  readonly split: Split
  /** Name of the pair that this sample and one other are of: a coin may decide which of them is trained on. */
  readonly twin?: string
}

/** Longest texts, characters. */
export const limits = { label: 512, group: 128, owner: 256, twin: 128 }

class MetadataFault extends Error {}

function text(value: unknown, field: keyof typeof limits): string {
  if (typeof value !== 'string' || value.trim() === '')
    throw new MetadataFault(`"${field}" is missing: give it as a string`)
  if (value.length > limits[field]) throw new MetadataFault(`"${field}" is longer than ${limits[field]} characters`)
  if (/[\0\p{Surrogate}]/u.test(value)) throw new MetadataFault(`"${field}" holds a character that cannot be stored`)
  return value
}

/** @returns the metadata, or one sentence that says what to mend. */
export function parseSampleMetadata(bytes: Uint8Array): SampleMetadata | string {
  try {
    const source: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    if (typeof source !== 'object' || source === null || Array.isArray(source)) return 'The JSON is not an object.'
    const { label, group, owner, split, twin } = source as Record<string, unknown>
    if (!splits.includes(split as Split)) return `"split" must be one of ${splits.join(', ')}.`
    return {
      label: text(label, 'label'),
      group: group === undefined || group === null ? null : text(group, 'group'),
      owner: text(owner, 'owner'),
      split: split as Split,
      ...(twin === undefined || twin === null ? {} : { twin: text(twin, 'twin') }),
    }
  } catch (error) {
    return error instanceof MetadataFault ? `${error.message}.` : 'The JSON cannot be parsed as UTF-8 text.'
  }
}

export const assertImageSize = (imageSize: number): void => {
  if (!Number.isInteger(imageSize) || imageSize < 8 || imageSize > 512)
    refuse('DATASET_PARAMETERS', 'imageSize must be a whole number from 8 to 512.', 'imageSize')
}
