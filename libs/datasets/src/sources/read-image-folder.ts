import { access } from 'node:fs/promises'
import path from 'node:path'
import { contentId } from '../content-id.js'
import { DigestSet } from '../digest-set.js'
import type { Split } from '../sample-metadata.js'
import { cleanKey } from './cut-text.js'
import { splitNamed, type ColumnNames } from './describe-row.js'
import { sortedEntries, type Folder } from './open-folder.js'
import { readPairList } from './read-pair-list.js'
import { isFault, type Fault, type SourceSample } from './sample-source.js'

export const metadataFiles = ['metadata.jsonl', 'metadata.csv'] as const

/**
 * A folder with one folder per class, or one per split (train, test, …) with one per class in each, or just pictures.
 * A `metadata.jsonl` or `metadata.csv` beside them names the pictures in a column `file_name` and says more of them;
 * pictures that it does not name are told as faults.
 */
export async function* readImageFolder(
  folder: Folder,
  columns: ColumnNames = {},
): AsyncGenerator<SourceSample | Fault> {
  for (const part of await partsOf(folder)) {
    const list = await metadataOf(folder, part.inner)
    if (list === undefined) yield* readClasses(folder, part)
    else yield* readListed(folder, part, list, columns)
  }
}

interface Part {
  readonly inner: string
  readonly split: Split | null
}

/** The folders of the splits, when there are only such. */
async function partsOf(folder: Folder): Promise<Part[]> {
  const entries = await sortedEntries(folder.root)
  const parts = entries.map((entry) => ({ inner: entry.name, split: splitNamed(entry.name) ?? null, entry }))
  const onlySplits = parts.length > 0 && parts.every(({ split, entry }) => split !== null && entry.isDirectory())
  return onlySplits ? parts : [{ inner: '', split: null }]
}

async function metadataOf(folder: Folder, inner: string): Promise<string | undefined> {
  for (const name of metadataFiles) {
    const file = path.join(inner, name)
    const there = await access(path.join(folder.root, file)).then(
      () => true,
      () => false,
    )
    if (there) return file
  }
  return undefined
}

async function* readClasses(folder: Folder, { inner, split }: Part): AsyncGenerator<SourceSample | Fault> {
  for await (const name of folder.files(inner)) {
    const picture = await folder.readPicture(name)
    const key = cleanKey(name)
    if (typeof picture === 'string') yield { key, reason: picture }
    else yield { key, picture, caption: null, group: classOf(path.posix.relative(inner, name)), owner: null, split }
  }
}

async function* readListed(
  folder: Folder,
  { inner, split }: Part,
  list: string,
  columns: ColumnNames,
): AsyncGenerator<SourceSample | Fault> {
  const named = new DigestSet()
  const digest = (file: string) => contentId(Buffer.from(path.resolve(folder.root, inner, file)))
  for await (const item of readPairList({
    format: list.endsWith('.csv') ? 'csv' : 'jsonl',
    file: path.join(folder.root, list),
    folder,
    base: inner,
    columns,
    onName: (name) => named.add(digest(name)),
  }))
    yield isFault(item)
      ? item
      : { ...item, group: item.group ?? classOf(path.posix.normalize(item.key)), split: item.split ?? split }
  for await (const name of folder.files(inner))
    if (path.normalize(name) !== path.normalize(list) && !named.has(digest(path.posix.relative(inner, name))))
      yield { key: cleanKey(name), reason: `${path.basename(list)} does not name this file.` }
}

/** The outermost folder, as torchvision has it. */
const classOf = (name: string): string | null => (name.includes('/') ? (name.split('/', 1)[0] ?? null) : null)
