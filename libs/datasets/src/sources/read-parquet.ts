import path from 'node:path'
import type { FileMetaData } from 'hyparquet'
import { chooseLeaves, type ChosenLeaves } from '../parquet/choose-leaves.js'
import { openParquet, refuseDamaged, type ParquetFile } from '../parquet/parquet-file.js'
import { readLeaf, type Leaf } from '../parquet/read-leaf.js'
import type { Split } from '../sample-metadata.js'
import { cleanKey } from './cut-text.js'
import { describeRow, namedColumns, usualColumns, type ColumnNames, type RowDescription } from './describe-row.js'
import { openFolder, type Folder } from './open-folder.js'
import type { Fault, SourceSample } from './sample-source.js'

export interface ParquetOptions {
  readonly columns?: ColumnNames
  readonly split?: Split | null
}

/**
 * Rows of a Parquet file, as Hugging Face's `datasets` writes them (a struct of `bytes` and `path`) or with pictures in
 * a binary column, or with paths relative to the file. Class numbers get the names that the file gives them. Columns
 * of lists are passed over. Memory: one page of each column that is read.
 * @throws DomainError PARQUET_*, SOURCE_COLUMNS, SOURCE_UNSAFE_PATH.
 */
export async function* readParquet(
  name: string,
  { columns = {}, split = null }: ParquetOptions = {},
): AsyncGenerator<SourceSample | Fault> {
  const file = await openParquet(name)
  try {
    const wanted = new Set([...namedColumns(columns), ...usualColumns])
    const leaves = chooseLeaves(file.metadata, columns, wanted)
    const classes = classNames(file.metadata)
    const folder = await openFolder(path.dirname(name))
    let index = 0
    for await (const { picture, place, cells } of rowsOf(file, leaves)) {
      const key = cleanKey(typeof place === 'string' && place !== '' ? place : `${file.name}/${index}`)
      index++
      const row = new Map(cells.map(([column, value]) => [column, named(classes, column, value)]))
      yield await sampleOf({ key, description: describeRow(row, columns), picture, place, split }, folder)
    }
  } finally {
    await file.close()
  }
}

/** @returns how many rows there are, by the footer alone. */
export async function countParquetRows(name: string): Promise<number> {
  const file = await openParquet(name)
  await file.close()
  return Number(file.metadata.num_rows)
}

interface Found {
  readonly key: string
  readonly description: RowDescription | string
  readonly picture: unknown
  readonly place: unknown
  readonly split: Split | null
}

async function sampleOf(found: Found, folder: Folder): Promise<SourceSample | Fault> {
  const { key, description, place, split } = found
  if (typeof description === 'string') return { key, reason: description }
  const picture = await pictureOf(found.picture, place, folder)
  if (typeof picture === 'string') return { key, reason: picture }
  return { key, picture, ...description, split: description.split ?? split }
}

async function pictureOf(bytes: unknown, place: unknown, folder: Folder): Promise<Uint8Array | string> {
  if (bytes instanceof Uint8Array) return bytes
  if (typeof place === 'string' && place !== '') return folder.readPicture(place)
  return 'The row holds no picture.'
}

interface ParquetRow {
  readonly picture: unknown
  readonly place: unknown
  readonly cells: readonly (readonly [column: string, value: unknown])[]
}

async function* rowsOf(file: ParquetFile, { bytes, path: place, others }: ChosenLeaves): AsyncGenerator<ParquetRow> {
  for (const group of file.metadata.row_groups) {
    const count = Number(group.num_rows)
    const open = (leaf: Leaf): Cursor => {
      const names = leaf.schemaPath.slice(1).map(({ element }) => element.name)
      const chunk = group.columns.find(({ meta_data }) => samePath(meta_data?.path_in_schema, names))
      if (!chunk?.meta_data || chunk.file_path) return refuseDamaged(file.name)
      return new Cursor(readLeaf(file, leaf, chunk.meta_data, count))
    }
    const [picture, paths] = [bytes && open(bytes), place && open(place)]
    const cells = others.map((leaf) => [leaf.column, open(leaf)] as const)
    for (let row = 0; row < count; row++) {
      const values: [string, unknown][] = []
      for (const [column, cursor] of cells) values.push([column, await cursor.next()])
      yield { picture: await picture?.next(), place: await paths?.next(), cells: values }
    }
  }
}

const samePath = (a: readonly string[] | undefined, b: readonly string[]): boolean =>
  a?.length === b.length && b.every((name, i) => a[i] === name)

/** Gives the values of a column one by one. */
class Cursor {
  readonly #pages: AsyncGenerator<ArrayLike<unknown>>
  #page: ArrayLike<unknown> = []
  #at = 0

  constructor(pages: AsyncGenerator<ArrayLike<unknown>>) {
    this.#pages = pages
  }

  async next(): Promise<unknown> {
    while (this.#at >= this.#page.length) {
      const page = await this.#pages.next()
      if (page.done) return undefined
      this.#page = page.value
      this.#at = 0
    }
    let value: unknown = this.#page[this.#at++]
    // Each optional struct around a value comes as an array around it.
    while (Array.isArray(value)) value = value[0] as unknown
    return value
  }
}

type ClassNames = ReadonlyMap<string, readonly string[]>

/** Names of class numbers, as Hugging Face's `datasets` notes them in the file. */
function classNames({ key_value_metadata: pairs }: FileMetaData): ClassNames {
  const text = pairs?.find(({ key }) => key === 'huggingface')?.value
  try {
    const note = JSON.parse(text ?? '{}') as { info?: { features?: Record<string, { names?: unknown }> } }
    const features = Object.entries(note.info?.features ?? {})
    return new Map(
      features.flatMap(([column, { names }]) =>
        Array.isArray(names) && names.every((name) => typeof name === 'string') ? [[column, names]] : [],
      ),
    )
  } catch {
    return new Map()
  }
}

function named(classes: ClassNames, column: string, value: unknown): unknown {
  if (typeof value !== 'bigint' && typeof value !== 'number') return value
  return classes.get(column)?.[Number(value)] ?? value
}
