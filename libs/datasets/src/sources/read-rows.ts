import { pipeline, Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import { refuse } from '../errors.js'
import { decodeText } from './decode-text.js'
import { assertColumns, type ColumnNames, type Row } from './describe-row.js'

/** A line of a table, or why it cannot be used. `line` counts from 1. */
export type Line = { readonly line: number; readonly row: Row } | { readonly line: number; readonly reason: string }

/** Longest record, and longest first line of a CSV file, characters. */
const MAX_RECORD = 2 ** 20
const separators = [',', '\t', ';'] as const

/** @throws DomainError LIST_UNREADABLE, SOURCE_COLUMNS. */
export const readRows = (
  format: 'csv' | 'jsonl',
  chunks: AsyncIterable<Uint8Array>,
  name: string,
  columns: ColumnNames = {},
): AsyncGenerator<Line> => {
  const text = decodeText(chunks, name)
  return format === 'csv' ? readCsv(text, name, columns) : readJsonLines(text, name)
}

/** One JSON object per line; what is none is told by line, and the rest is read on. */
async function* readJsonLines(text: AsyncIterable<string>, name: string): AsyncGenerator<Line> {
  let line = 0
  for await (const content of lines(text, name)) {
    line++
    if (content.trim() === '') continue
    const row = parseObject(content)
    yield row ? { line, row } : { line, reason: 'The line is not a JSON object.' }
  }
}

function parseObject(content: string): Row | null {
  try {
    const value: unknown = JSON.parse(content)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? new Map(Object.entries(value)) : null
  } catch {
    return null
  }
}

async function* lines(text: AsyncIterable<string>, name: string): AsyncGenerator<string> {
  let rest = ''
  let line = 1
  for await (const piece of text) {
    const parts = (rest + piece).split('\n')
    rest = parts.pop() ?? ''
    line += parts.length
    yield* parts
    if (rest.length > MAX_RECORD)
      refuse('LIST_UNREADABLE', `Line ${line} of ${name} is longer than ${MAX_RECORD} characters.`)
  }
  if (rest !== '') yield rest
}

/**
 * RFC 4180, separated by comma, tab or semicolon, whichever the first line has most of; the first line names the
 * columns. A line with another number of fields is told; a stray quotation mark refuses the file, because where the
 * next line begins cannot be known any more.
 */
async function* readCsv(text: AsyncGenerator<string>, name: string, columns: ColumnNames): AsyncGenerator<Line> {
  const { head, all } = await peekLine(text)
  const count = (separator: string) => head.split(separator).length
  const delimiter = separators.reduce((best, next) => (count(next) > count(best) ? next : best))
  const parser = parse({
    delimiter,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: MAX_RECORD,
  })
  // The loop below meets the same error; the callback only keeps it from being thrown as well.
  const records = pipeline(Readable.from(all), parser, () => undefined)
  let header: string[] | null = null
  try {
    for await (const { record, info } of records as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      if (header === null) {
        header = record.map((title) => title.trim())
        assertColumns(columns, header)
        continue
      }
      if (record.length === header.length)
        yield { line: info.lines, row: new Map(header.map((title, i) => [title, record[i]])) }
      else yield { line: info.lines, reason: `The line has ${record.length} fields, the first line ${header.length}.` }
    }
  } catch (error) {
    if (error instanceof CsvError) refuseCsv(error, name)
    throw error
  } finally {
    records.destroy()
  }
  if (header === null) refuse('LIST_UNREADABLE', `${name} is empty; its first line must name the columns.`)
}

function refuseCsv(error: CsvError, name: string): never {
  const line = Number(error.lines) || 1
  const reasons: Readonly<Record<string, string>> = {
    CSV_QUOTE_NOT_CLOSED: 'a quotation mark is opened and never closed; double those inside a quoted field',
    CSV_INVALID_CLOSING_QUOTE: 'text follows a closing quotation mark; double those inside a quoted field',
    INVALID_OPENING_QUOTE: 'a quotation mark stands inside a field that is not quoted; quote the field',
    CSV_MAX_RECORD_SIZE: `the record is longer than ${MAX_RECORD} characters; is a quotation mark left open before it?`,
  }
  return refuse('LIST_UNREADABLE', `${name}, line ${line}: ${reasons[error.code] ?? 'the line cannot be read as CSV'}.`)
}

/** The first line, and the text with it. */
async function peekLine(text: AsyncGenerator<string>): Promise<{ head: string; all: AsyncGenerator<string> }> {
  let head = ''
  while (!/[\r\n]/.test(head) && head.length < MAX_RECORD) {
    const piece = await text.next()
    if (piece.done) break
    head += piece.value
  }
  const all = (async function* () {
    yield head
    yield* text
  })()
  return { head: head.split(/[\r\n]/, 1)[0] ?? '', all }
}
