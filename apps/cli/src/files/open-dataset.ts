import {
  ingestSource,
  openSource,
  readPack,
  type ColumnNames,
  type IngestedDataset,
  type IngestedSample,
  type SourceDefaults,
} from '@lethe/datasets'
import { DomainError, type Digest } from '@lethe/domain'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { digestOf, modelFiles, writeWhole, type ModelManifest } from './model-directory.js'
import { showProgress } from './show-progress.js'

/** A file's bytes as a plain array: the engine takes it over without a copy. */
export function readBytes(file: string): Uint8Array {
  const { buffer, byteOffset, byteLength } = readFileSync(file)
  return new Uint8Array(buffer, byteOffset, byteLength)
}

export interface SourceChoice extends SourceDefaults {
  readonly imageSize: number
  readonly columns?: ColumnNames
  readonly root?: string
}

/** A dataset as a pack, wherever it came from. */
export interface OpenedDataset {
  readonly pack: Uint8Array
  readonly digest: Digest
  /** Edge of its pictures. */
  readonly imageSize: number
  /** The pack's own file; null for one made here. */
  readonly file: string | null
  /** JSON Lines of what is known of each sample besides its pixels; null where there is none. */
  readonly samples: string | null
}

/** Where the samples of a pack are described: beside it. */
export const samplesFileOf = (packFile: string): string => `${packFile.replace(/\.safetensors$/, '')}.samples.jsonl`

/** Reads a pack, or makes one of any source; says what was left out. @throws DomainError. */
export async function openDataset(source: string, choice: SourceChoice): Promise<OpenedDataset> {
  if (!existsSync(source))
    throw new DomainError('SOURCE_MISSING', `There is nothing at ${source}; name a file or a folder.`, 'dataset')
  if (source.endsWith('.safetensors')) return openPack(source)
  const dataset = await ingest(source, choice)
  return {
    pack: dataset.pack,
    digest: digestOf(dataset.pack),
    imageSize: choice.imageSize,
    file: null,
    samples: linesOf(dataset.samples),
  }
}

function openPack(file: string): OpenedDataset {
  const pack = readBytes(file)
  const { height, width } = readPack(pack).images
  if (height !== width)
    throw new DomainError(
      'PACK_INVALID',
      `Pictures of ${file} are ${height}×${width}; a pack holds squares.`,
      'dataset',
    )
  const samples = samplesFileOf(file)
  return {
    pack,
    digest: digestOf(pack),
    imageSize: height,
    file: path.resolve(file),
    samples: existsSync(samples) ? readFileSync(samples, 'utf8') : null,
  }
}

/** Decodes with progress; quarantined and doubled samples are counted on stderr. */
export async function ingest(source: string, choice: SourceChoice): Promise<IngestedDataset> {
  const { columns, root, ...options } = choice
  const opened = await openSource(source, { ...(columns ? { columns } : {}), ...(root === undefined ? {} : { root }) })
  const progress = showProgress()
  const onProgress = (seen: number): void => {
    const fraction = opened.expected === null ? 1 - 1 / (1 + seen / 5000) : seen / Math.max(seen, opened.expected)
    progress.update({ phase: 'decode', fraction: Math.min(0.999, fraction), step: seen })
  }
  try {
    const dataset = await ingestSource(opened, { ...options, onProgress })
    progress.stop()
    process.stderr.write(describeIntake(dataset))
    return dataset
  } finally {
    progress.stop()
  }
}

const SHOWN = 5

function describeIntake({
  samples,
  quarantined,
  quarantinedCount,
  exactDuplicates,
  nearDuplicates,
}: IngestedDataset): string {
  const lines = [`${samples.length} samples.`]
  if (exactDuplicates > 0) lines.push(`${exactDuplicates} exact duplicates were left out.`)
  if (nearDuplicates > 0) lines.push(`${nearDuplicates} resemble an earlier sample.`)
  if (quarantinedCount > 0) {
    lines.push(`${quarantinedCount} could not be used:`)
    lines.push(...quarantined.slice(0, SHOWN).map(({ key, reason }) => `  ${key}: ${reason}`))
    if (quarantinedCount > SHOWN)
      lines.push(`  and ${quarantinedCount - SHOWN} more; lethe dataset inspect counts the reasons`)
  }
  return `${lines.join('\n')}\n`
}

export const linesOf = (samples: readonly IngestedSample[]): string =>
  samples.map((sample) => `${JSON.stringify(sample)}\n`).join('')

/** Keeps a pack that was made here with the model; one that has a file of its own is named. */
export function keepDataset(
  { pack, digest, imageSize, file, samples }: OpenedDataset,
  directory: string,
): Omit<NonNullable<ModelManifest['dataset']>, 'trainCount'> {
  mkdirSync(directory, { recursive: true })
  const kept = file ?? path.join(directory, modelFiles.pack)
  const described = samplesFileOf(kept)
  if (file === null) {
    writeWhole(kept, pack)
    if (samples !== null) writeWhole(described, samples)
  }
  const relative = (to: string): string => path.relative(path.resolve(directory), path.resolve(to))
  return { digest, file: relative(kept), imageSize, samples: samples === null ? null : relative(described) }
}
