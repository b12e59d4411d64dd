import { ContentId, isDomainError, TwinCommitment, type PackedImages } from '@lethe/domain'
import { parseSafetensors, serializeSafetensors, type SafetensorsFile } from '@lethe/safetensors'
import { refuse } from './errors.js'
import { packSplits, type PackSplit } from './sample-metadata.js'

const FORMAT = 'lethe-dataset-pack/1'

/** One row of a pack, without its picture. Whose it is stays in the tenant's tables. */
export interface PackSample {
  readonly contentId: ContentId
  readonly label: string
  readonly group: string | null
  readonly split: PackSplit
  /** Name of the pair whose coin was tossed for it, where there is one. */
  readonly twin?: string
}

/** A frozen dataset: pictures and, row by row, what is known of them. */
export interface Pack {
  readonly images: PackedImages
  readonly samples: readonly PackSample[]
  /** How twins were dealt, where they were. */
  readonly twins?: TwinCommitment
}

/** Part of a pack, in pack order. */
export interface PackSelection extends PackedImages {
  readonly contentIds: readonly ContentId[]
  readonly labels: readonly string[]
  readonly groups: readonly (string | null)[]
}

/** The safetensors file of a pack; equal packs give equal bytes. */
export const writePack = ({ images, samples, twins }: Pack): Uint8Array =>
  serializeSafetensors(
    new Map([
      [
        'images',
        { dtype: 'U8', shape: [images.count, images.height, images.width, images.channels], data: images.data },
      ],
    ]),
    {
      format: FORMAT,
      contentIds: JSON.stringify(samples.map((sample) => sample.contentId)),
      labels: JSON.stringify(samples.map((sample) => sample.label)),
      groups: JSON.stringify(samples.map((sample) => sample.group)),
      splits: JSON.stringify(samples.map((sample) => sample.split)),
      // Packs without twins keep the bytes that they had before there were any.
      ...(twins === undefined
        ? {}
        : {
            twinPairs: JSON.stringify(samples.map((sample) => sample.twin ?? null)),
            twins: JSON.stringify({ pairing: twins.pairing, pairs: twins.pairs, commitment: twins.commitment }),
          }),
    },
  )

const isContentId = (value: unknown): value is ContentId => ContentId.safeParse(value).success
const isLabel = (value: unknown): value is string => typeof value === 'string'
const isTextOrNull = (value: unknown): value is string | null => value === null || typeof value === 'string'
const isSplit = (value: unknown): value is PackSplit => packSplits.includes(value as PackSplit)

/** @throws DomainError PACK_INVALID, `field` naming the part that is wrong. */
export function readPack(bytes: Uint8Array): Pack {
  const file = parse(bytes)
  if (file.metadata.format !== FORMAT) refuse('PACK_INVALID', `The file is not a ${FORMAT}.`, 'format')
  const tensor = file.tensors.get('images')
  const [count, height, width, channels] = tensor?.shape ?? []
  if (tensor?.dtype !== 'U8' || tensor.shape.length !== 4 || channels !== 3 || !count || !height || !width)
    return refuse('PACK_INVALID', 'images must be U8 of shape [n, height, width, 3].', 'images')
  const contentIds = column(file, 'contentIds', count, isContentId)
  const labels = column(file, 'labels', count, isLabel)
  const groups = column(file, 'groups', count, isTextOrNull)
  const splits = column(file, 'splits', count, isSplit)
  const twins = readTwins(file)
  const twinPairs = twins === null ? null : column(file, 'twinPairs', count, isTextOrNull)
  if (new Set(contentIds).size !== count) refuse('PACK_INVALID', 'A content id occurs twice.', 'contentIds')
  return {
    images: { data: tensor.data, count, height, width, channels },
    samples: contentIds.map((contentId, row) => ({
      contentId,
      label: labels[row] as string,
      group: groups[row] as string | null,
      split: splits[row] as PackSplit,
      ...(typeof twinPairs?.[row] === 'string' ? { twin: twinPairs[row] } : {}),
    })),
    ...(twins === null ? {} : { twins }),
  }
}

function readTwins({ metadata }: SafetensorsFile): TwinCommitment | null {
  if (metadata.twins === undefined) return null
  const parsed = TwinCommitment.safeParse(parseJson(metadata.twins))
  return parsed.success
    ? parsed.data
    : refuse('PACK_INVALID', 'twins must be a commitment to how they were dealt.', 'twins')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function parse(bytes: Uint8Array): SafetensorsFile {
  try {
    return parseSafetensors(bytes)
  } catch (error) {
    if (isDomainError(error)) refuse('PACK_INVALID', `The pack cannot be read: ${error.message}`, error.field)
    throw error
  }
}

function column<T>(file: SafetensorsFile, name: string, count: number, holds: (value: unknown) => value is T): T[] {
  const values = parseJson(file.metadata[name] ?? 'null')
  if (!Array.isArray(values) || values.length !== count || !values.every(holds))
    return refuse('PACK_INVALID', `${name} must be a JSON list of ${count} valid entries.`, name)
  return values
}

/** The samples for which `wanted` holds, copied in pack order. */
export function selectImages(pack: Pack, wanted: (sample: PackSample, row: number) => boolean): PackSelection {
  const { height, width, channels, data } = pack.images
  const rows = pack.samples.flatMap((sample, row) => (wanted(sample, row) ? [{ sample, row }] : []))
  const size = height * width * channels
  const selected = new Uint8Array(rows.length * size)
  rows.forEach(({ row }, at) => selected.set(data.subarray(row * size, (row + 1) * size), at * size))
  return {
    data: selected,
    count: rows.length,
    height,
    width,
    channels,
    contentIds: rows.map(({ sample }) => sample.contentId),
    labels: rows.map(({ sample }) => sample.label),
    groups: rows.map(({ sample }) => sample.group),
  }
}
