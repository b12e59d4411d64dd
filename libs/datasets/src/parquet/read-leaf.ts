import type { ColumnMetaData, PageHeader, SchemaTree } from 'hyparquet'
import { parquetHeader, readPage } from 'hyparquet/src/column.js'
import { convert, DEFAULT_PARSERS } from 'hyparquet/src/convert.js'
import { refuse } from '../errors.js'
import { assertRuns } from './assert-runs.js'
import { assertStruct } from './assert-thrift.js'
import { decompressPage, MAX_PAGE_BYTES } from './decompress-page.js'
import { guarded, refuseDamaged, type ParquetFile } from './parquet-file.js'

/** A column without lists: its place in the schema, from the root. */
export interface Leaf {
  readonly column: string
  readonly schemaPath: SchemaTree[]
}

const MAX_VALUES_PER_PAGE = 2 ** 22
const HEADER_WINDOWS = [2 ** 12, 2 ** 20]
const encodings = new Set(['PLAIN', 'PLAIN_DICTIONARY', 'RLE_DICTIONARY'])

/** The values of one leaf in one row group, page after page; memory is one page and the column's dictionary. */
export async function* readLeaf(
  file: ParquetFile,
  leaf: Leaf,
  chunk: ColumnMetaData,
  rows: number,
): AsyncGenerator<ArrayLike<unknown>> {
  const decoder = { ...chunk, ...leaf, pathInSchema: chunk.path_in_schema, element: elementOf(leaf), utf8: false }
  const plain = { ...decoder, codec: 'UNCOMPRESSED' as const, parsers: DEFAULT_PARSERS }
  let dictionary: ArrayLike<unknown> | undefined
  const { begin, end } = rangeOf(file, chunk)
  let start = begin
  let left = rows
  while (left > 0 && start < end) {
    const { header, length } = await readHeader(file, start, end)
    const from = start + length
    start = from + header.compressed_page_size
    if (header.compressed_page_size > MAX_PAGE_BYTES || start > end) refuseDamaged(file.name)
    const bytes = await file.read(from, start)
    const page = guarded(file.name, () => unpack(header, bytes, chunk.codec, leaf, left))
    const values = guarded(file.name, () => {
      const reader = { view: new DataView(page.bytes.buffer), offset: 0 }
      return readPage(reader, page.header, plain, dictionary as never, undefined, 0).data ?? []
    })
    if (header.type === 'DICTIONARY_PAGE') dictionary = guarded(file.name, () => convert(values, plain))
    else {
      left -= values.length
      yield values
    }
  }
  if (left !== 0) refuseDamaged(file.name)
}

const elementOf = ({ schemaPath }: Leaf) => (schemaPath.at(-1) as SchemaTree).element

function rangeOf({ name, size }: ParquetFile, chunk: ColumnMetaData): { begin: number; end: number } {
  const offsets = [chunk.dictionary_page_offset, chunk.data_page_offset].flatMap((offset) =>
    offset === undefined || offset <= 0n ? [] : [Number(offset)],
  )
  const begin = Math.min(...offsets)
  const end = begin + Number(chunk.total_compressed_size)
  if (!Number.isSafeInteger(begin) || !(end >= begin) || end > size) refuseDamaged(name)
  return { begin, end }
}

async function readHeader(
  file: ParquetFile,
  start: number,
  end: number,
): Promise<{ header: PageHeader; length: number }> {
  for (const window of HEADER_WINDOWS) {
    const bytes = await file.read(start, Math.min(end, start + window))
    try {
      const length = assertStruct(bytes, 0)
      const header = guarded(file.name, () => parquetHeader({ view: new DataView(bytes.buffer), offset: 0 }))
      if (numbersOf(header).every((number) => Number.isInteger(number) && number >= 0)) return { header, length }
      return refuseDamaged(file.name)
    } catch (error) {
      if (!(error instanceof RangeError) || start + window >= end) break
    }
  }
  return refuseDamaged(file.name)
}

/** All that must be whole numbers; the file decides their type. */
const numbersOf = ({ data_page_header: v1, data_page_header_v2: v2, ...page }: PageHeader): number[] => [
  page.compressed_page_size,
  page.uncompressed_page_size,
  ...(v1 ? [v1.num_values] : []),
  ...(v2
    ? [v2.num_values, v2.num_nulls, v2.num_rows, v2.repetition_levels_byte_length, v2.definition_levels_byte_length]
    : []),
  ...(page.dictionary_page_header ? [page.dictionary_page_header.num_values] : []),
]

/** The page without compression, once everything that it announces has been checked against what it holds. */
function unpack(header: PageHeader, bytes: Uint8Array, codec: string, leaf: Leaf, left: number) {
  const { data_page_header: v1, data_page_header_v2: v2, dictionary_page_header: dictionary } = header
  const data = v1 ?? v2
  if (data && !encodings.has(data.encoding))
    refuse(
      'PARQUET_UNREADABLE',
      `Column ${leaf.column} is encoded as ${data.encoding}; write it with plain or dictionary encoding.`,
    )
  const levels = v2 ? v2.repetition_levels_byte_length + v2.definition_levels_byte_length : 0
  if (levels > bytes.length) throw new RangeError('levels lie outside of the page')
  const body = bytes.subarray(levels)
  const isPacked = codec !== 'UNCOMPRESSED' && v2?.is_compressed !== false
  const unpacked = isPacked ? decompressPage(body, header.uncompressed_page_size - levels, codec) : body
  const page = new Uint8Array(levels + unpacked.length)
  page.set(bytes.subarray(0, levels))
  page.set(unpacked, levels)
  const count = (data ?? dictionary)?.num_values ?? -1
  if (count < 0 || count > MAX_VALUES_PER_PAGE || (data ? count > left : count > page.length))
    throw new RangeError('a page announces more values than there are')
  if (data) assertLevelsAndIndices(page, data.encoding, count, leaf, v2)
  return {
    bytes: page,
    header: {
      ...header,
      compressed_page_size: page.length,
      uncompressed_page_size: page.length,
      ...(v2 ? { data_page_header_v2: { ...v2, is_compressed: false } } : {}),
    },
  }
}

function assertLevelsAndIndices(
  page: Uint8Array,
  encoding: string,
  count: number,
  { schemaPath }: Leaf,
  v2: PageHeader['data_page_header_v2'],
): void {
  const optional = schemaPath.slice(1).filter(({ element }) => element.repetition_type !== 'REQUIRED').length
  const width = 32 - Math.clz32(optional)
  const start = v2 ? v2.repetition_levels_byte_length : optional > 0 ? 4 : 0
  const length = v2
    ? v2.definition_levels_byte_length
    : optional > 0
      ? new DataView(page.buffer, page.byteOffset).getUint32(0, true)
      : 0
  if (optional > 0) assertRuns(page, start, start + length, width, count)
  const values = start + length
  if (encoding !== 'PLAIN' && values < page.length)
    assertRuns(page, values + 1, page.length, page[values] as number, count)
}
