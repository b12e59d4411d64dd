import { createReadStream } from 'node:fs'
import path from 'node:path'
import { cleanKey } from './cut-text.js'
import { cellText, describeRow, imageColumns, pick, type ColumnNames, type Row } from './describe-row.js'
import type { Folder } from './open-folder.js'
import { readRows } from './read-rows.js'
import type { Fault, SourceSample } from './sample-source.js'

export interface PairListOptions {
  readonly format: 'csv' | 'jsonl'
  readonly file: string
  /** What the pictures must lie in. */
  readonly folder: Folder
  /** What the list's paths are relative to, inside `folder`; the folder itself when missing. */
  readonly base?: string
  readonly columns?: ColumnNames
  /** Called with every path that the list names. */
  readonly onName?: (name: string) => void
}

/**
 * Pictures named by a list, each with what its line says of it. A picture that several lines name comes several times.
 * @throws DomainError LIST_UNREADABLE, SOURCE_COLUMNS, SOURCE_UNSAFE_PATH.
 */
export async function* readPairList(options: PairListOptions): AsyncGenerator<SourceSample | Fault> {
  const { format, file, columns = {} } = options
  for await (const item of readRows(format, createReadStream(file), path.basename(file), columns)) {
    if ('reason' in item) yield { key: `line ${item.line}`, reason: item.reason }
    else yield await readPair(item.row, item.line, options)
  }
}

async function readPair(row: Row, line: number, options: PairListOptions): Promise<SourceSample | Fault> {
  const { folder, base = '', columns = {}, onName } = options
  const name = cellText(pick(row, columns.image, imageColumns))
  if (name === null)
    return { key: `line ${line}`, reason: 'No picture is named; give its path in a column "image" or "file_name".' }
  onName?.(name)
  const key = cleanKey(name)
  const description = describeRow(row, columns)
  if (typeof description === 'string') return { key, reason: description }
  const picture = await folder.readPicture(name, base)
  return typeof picture === 'string' ? { key, reason: picture } : { key, picture, ...description }
}
