import { createReadStream } from 'node:fs'
import { open, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Split } from '../sample-metadata.js'
import type { ColumnNames } from './describe-row.js'
import { detectSource, splitOfFile, type DetectedSource } from './detect-source.js'
import { gunzip, isGzip } from './gunzip.js'
import { openFolder } from './open-folder.js'
import { cifarRecordBytes, readCifar, type CifarKind } from './read-cifar.js'
import { readImageFolder } from './read-image-folder.js'
import { readPairList } from './read-pair-list.js'
import { countParquetRows, readParquet } from './read-parquet.js'
import { readWebDataset } from './read-web-dataset.js'
import type { Fault, SampleSource, SourceSample } from './sample-source.js'

export interface OpenSourceOptions {
  /** Columns of CSV, JSON Lines, Parquet and metadata files, when they are not called what they usually are. */
  readonly columns?: ColumnNames
  /** What the paths of a list must lie in and are relative to; the list's own folder when missing. */
  readonly root?: string
}

/** Bytes of CIFAR and tar files read at once. */
const CHUNK_BYTES = 2 ** 18

type Items = () => AsyncGenerator<SourceSample | Fault>

/**
 * Opens a dataset on disk, whatever its format; samples are read as they are asked for.
 *
 * Splits: what a sample says itself, else what its file or folder is named after (train, test, …) where only some of
 * the files are; else none.
 * @throws DomainError SOURCE_MISSING, SOURCE_UNKNOWN here, and while reading what the readers throw.
 */
export async function openSource(name: string, options: OpenSourceOptions = {}): Promise<SampleSource> {
  const source = await detectSource(name, options.columns)
  const items = await itemsOf(source, options)
  return { format: source.format, expected: await expectedOf(source), [Symbol.asyncIterator]: () => items() }
}

async function itemsOf(source: DetectedSource, { columns = {}, root }: OpenSourceOptions): Promise<Items> {
  const { format, files } = source
  const splits = splitsOf(files)
  if (format === 'image-folder') {
    const folder = await openFolder(source.folder)
    return () => readImageFolder(folder, columns)
  }
  if (format === 'csv' || format === 'jsonl') {
    const folder = await openFolder(root ?? source.folder)
    return () => each(files, (file) => readPairList({ format, file, folder, columns }))
  }
  if (format === 'parquet')
    return () => each(files, (file, i) => readParquet(file, { columns, split: splits[i] ?? null }))
  if (format === 'webdataset')
    return () => each(files, (file, i) => withSplit(readShard(file, columns), splits[i] ?? null))
  const classes = await classNames(source.folder, format)
  return () =>
    each(files, (file, i) =>
      readCifar(createReadStream(file, { highWaterMark: CHUNK_BYTES }), {
        kind: format,
        name: path.basename(file, '.bin'),
        split: splits[i] ?? null,
        classes,
      }),
    )
}

async function* each(
  files: readonly string[],
  read: (file: string, index: number) => AsyncIterable<SourceSample | Fault>,
): AsyncGenerator<SourceSample | Fault> {
  for (const [index, file] of files.entries()) yield* read(file, index)
}

/** Only where the files differ: one file named `train` is the whole dataset, and needs a held-out share of its own. */
function splitsOf(files: readonly string[]): (Split | null)[] {
  const splits = files.map((file) => (/^data_batch_\d+\.bin$/.test(path.basename(file)) ? 'train' : splitOfFile(file)))
  return new Set(splits).size > 1 ? splits : files.map(() => null)
}

async function* readShard(file: string, columns: ColumnNames): AsyncGenerator<SourceSample | Fault> {
  const chunks = createReadStream(file, { highWaterMark: CHUNK_BYTES })
  yield* readWebDataset((await startsWithGzip(file)) ? gunzip(chunks) : chunks, columns)
}

async function startsWithGzip(file: string): Promise<boolean> {
  const handle = await open(file, 'r')
  try {
    return isGzip((await handle.read(new Uint8Array(2), 0, 2, 0)).buffer)
  } finally {
    await handle.close()
  }
}

async function* withSplit(
  items: AsyncIterable<SourceSample | Fault>,
  split: Split | null,
): AsyncGenerator<SourceSample | Fault> {
  for await (const item of items)
    yield 'reason' in item || split === null ? item : { ...item, split: item.split ?? split }
}

/** One name per line, as the archives of CIFAR bring them. */
async function classNames(folder: string, kind: CifarKind): Promise<string[]> {
  const file = kind === 'cifar-10' ? 'batches.meta.txt' : 'fine_label_names.txt'
  const text = await readFile(path.join(folder, file), 'utf8').catch(() => '')
  return text
    .split(/\r?\n/)
    .map((line) => line.trim().slice(0, 128))
    .filter((line) => line !== '')
}

async function expectedOf({ format, files }: DetectedSource): Promise<number | null> {
  if (format === 'parquet') return sum(await Promise.all(files.map(countParquetRows)))
  if (format !== 'cifar-10' && format !== 'cifar-100') return null
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size))
  return sum(sizes.map((size) => Math.floor(size / cifarRecordBytes(format))))
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, next) => total + next, 0)
