import {
  contentId,
  decodePicture,
  isFault,
  isRaw,
  openSource,
  type ColumnNames,
  type SourceSample,
} from '@lethe/datasets'
import { isDomainError, type ContentId } from '@lethe/domain'
import { refuse } from '../kit-error.js'

export interface Picture {
  /** Its name in the folder. */
  readonly key: string
  /** SHA-256 of its file. */
  readonly contentId: ContentId
  /** [size, size, 3] */
  readonly rgb: Uint8Array
  readonly group: string | null
  readonly caption: string | null
}

export interface LoadedPictures {
  /** In the order of their content ids: no name or folder has a part in the audit. */
  readonly pictures: readonly Picture[]
  readonly leftOut: readonly { readonly key: string; readonly reason: string }[]
}

export interface LoadOptions {
  readonly imageSize: number
  readonly columns: ColumnNames
  /** At most so many, chosen by their digests. */
  readonly most: number
  readonly signal: AbortSignal
}

/** Of pixels in one set: its views are held as floats, four times as large. */
const MAX_BYTES = 2 ** 28
/** Pictures decoded at once. */
const BATCH = 16

/**
 * The pictures of a folder (or CIFAR, Parquet, WebDataset, list), each fitted whole into the model's square. What is no picture, or
 * is there twice, is left out and told.
 * @throws DomainError PICTURES_MISSING, PICTURES_TOO_LARGE, and what reading the source throws.
 */
export async function loadPictures(folder: string, field: string, options: LoadOptions): Promise<LoadedPictures> {
  const known = new Map<ContentId, Picture>()
  const leftOut: { key: string; reason: string }[] = []
  const take = (sample: SourceSample, decoded: Uint8Array | string) => {
    const { key, picture, group, caption } = sample
    if (typeof decoded === 'string') return leftOut.push({ key, reason: decoded })
    const id = contentId(isRaw(picture) ? picture.planes : picture)
    const earlier = known.get(id)
    if (earlier !== undefined) return leftOut.push({ key, reason: `The same file as ${earlier.key}.` })
    return known.set(id, { key, contentId: id, rgb: decoded, group, caption })
  }
  const source = await openSource(folder, { columns: options.columns })
  let batch: SourceSample[] = []
  const flush = async () => {
    options.signal.throwIfAborted()
    const decoded = await Promise.all(batch.map((sample) => decode(sample, options.imageSize)))
    batch.forEach((sample, index) => take(sample, decoded[index] ?? ''))
    batch = []
  }
  for await (const item of source) {
    if (isFault(item)) leftOut.push(item)
    else if (batch.push(item) === BATCH) await flush()
  }
  await flush()
  assertRoom(Math.min(known.size, options.most), options.imageSize, field)
  const pictures = [...known.values()].sort((a, b) => (a.contentId < b.contentId ? -1 : 1)).slice(0, options.most)
  if (pictures.length < 2) {
    const [first] = leftOut
    refuse(
      'PICTURES_MISSING',
      `${folder} holds ${pictures.length === 0 ? 'no picture' : 'one picture'} that can be used; an audit needs two or more (PNG, JPEG or WebP).${first ? ` ${first.key}: ${first.reason}` : ''}`,
      field,
    )
  }
  return { pictures, leftOut }
}

function assertRoom(count: number, imageSize: number, field: string): void {
  const most = Math.floor(MAX_BYTES / (imageSize * imageSize * 3))
  if (count > most)
    refuse(
      'PICTURES_TOO_LARGE',
      `${count} pictures of ${imageSize} pixels do not fit into memory; give --most ${most} or fewer.`,
      field,
    )
}

async function decode({ picture }: SourceSample, imageSize: number): Promise<Uint8Array | string> {
  try {
    return (await decodePicture(picture, imageSize)).rgb
  } catch (error) {
    if (isDomainError(error)) return error.message
    throw error
  }
}
