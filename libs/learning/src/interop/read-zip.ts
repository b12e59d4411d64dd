import { crc32 } from './crc32.js'
import { refuse } from './interop-error.js'

/** One file of an archive. */
export interface ZipEntry {
  readonly name: string
  readonly size: number
  /**
   * A view of the archive's bytes, checked against their checksum.
   * @throws DomainError INTEROP_ZIP
   */
  read(): Uint8Array
}

const END = 0x06054b50
const END_64 = 0x06064b50
const LOCATOR_64 = 0x07064b50
const CENTRAL = 0x02014b50
const LOCAL = 0x04034b50
const END_BYTES = 22
const LOCATOR_BYTES = 20
const CENTRAL_BYTES = 46
const LOCAL_BYTES = 30
const MAX_COMMENT_BYTES = 0xffff
const MAX_ENTRIES = 200_000
const ENCRYPTED = 0x1

/**
 * The files of a zip archive as torch.save writes it: stored, never compressed, each in bytes of its own. Nothing is
 * inflated and nothing copied, so no archive takes more memory than it has bytes.
 * @throws DomainError INTEROP_ZIP, INTEROP_LIMIT
 */
export function readZip(bytes: Uint8Array): ReadonlyMap<string, ZipEntry> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const { count, begin, end } = findDirectory(view)
  if (count > MAX_ENTRIES) refuse('INTEROP_LIMIT', `The archive names ${count} files; at most ${MAX_ENTRIES} are read.`)
  const records: Located[] = []
  let offset = begin
  for (let index = 0; index < count; index++) {
    const record = readRecord(bytes, view, offset, end)
    records.push(locate(bytes, view, record, begin))
    offset = record.next
  }
  if (offset !== end) refuse('INTEROP_ZIP', 'The archive’s directory has another length than it says.')
  assertApart(records)
  const entries = new Map<string, ZipEntry>()
  for (const { name, data, crc } of records) {
    if (entries.has(name)) refuse('INTEROP_ZIP', `The archive holds ${name} twice.`)
    entries.set(name, { name, size: data.length, read: checkedOnce(name, data, crc) })
  }
  return entries
}

interface Directory {
  readonly count: number
  readonly begin: number
  readonly end: number
}

/** Where the central directory lies; its zip64 form where the plain one is too small for the numbers. */
function findDirectory(view: DataView): Directory {
  const at = findEnd(view)
  const plain = {
    count: view.getUint16(at + 10, true),
    size: view.getUint32(at + 12, true),
    begin: view.getUint32(at + 16, true),
  }
  const isWide = plain.count === 0xffff || plain.size === 0xffffffff || plain.begin === 0xffffffff
  const { count, size, begin } = isWide ? wideDirectory(view, at) : plain
  if (!Number.isSafeInteger(begin + size) || begin + size > at)
    refuse('INTEROP_ZIP', 'The archive’s directory lies outside of its bytes.')
  return { count, begin, end: begin + size }
}

function findEnd(view: DataView): number {
  const last = view.byteLength - END_BYTES
  for (let at = last; at >= Math.max(0, last - MAX_COMMENT_BYTES); at--)
    if (view.getUint32(at, true) === END && at + END_BYTES + view.getUint16(at + 20, true) === view.byteLength)
      return at
  return refuse('INTEROP_ZIP', 'The archive has no end record; the file was cut short.')
}

function wideDirectory(view: DataView, end: number): { count: number; size: number; begin: number } {
  const locator = end - LOCATOR_BYTES
  if (locator < 0 || view.getUint32(locator, true) !== LOCATOR_64)
    refuse('INTEROP_ZIP', 'The archive lacks the zip64 record that it refers to.')
  const at = Number(view.getBigUint64(locator + 8, true))
  if (at > locator - 56 || view.getUint32(at, true) !== END_64)
    refuse('INTEROP_ZIP', 'The archive’s zip64 record lies outside of its bytes.')
  const wide = (offset: number) => Number(view.getBigUint64(at + offset, true))
  return { count: wide(32), size: wide(40), begin: wide(48) }
}

interface CentralRecord {
  readonly name: string
  readonly crc: number
  readonly size: number
  /** Of the local header. */
  readonly offset: number
  /** Where the next record begins. */
  readonly next: number
}

function readRecord(bytes: Uint8Array, view: DataView, at: number, end: number): CentralRecord {
  if (at + CENTRAL_BYTES > end || view.getUint32(at, true) !== CENTRAL)
    refuse('INTEROP_ZIP', 'The archive’s directory is damaged.')
  const nameEnd = at + CENTRAL_BYTES + view.getUint16(at + 28, true)
  const extraEnd = nameEnd + view.getUint16(at + 30, true)
  const next = extraEnd + view.getUint16(at + 32, true)
  if (next > end) refuse('INTEROP_ZIP', 'The archive’s directory is damaged.')
  const name = decodeName(bytes.subarray(at + CENTRAL_BYTES, nameEnd))
  const plain = {
    size: view.getUint32(at + 24, true),
    stored: view.getUint32(at + 20, true),
    offset: view.getUint32(at + 42, true),
  }
  const { size, stored, offset } = widen(view, plain, nameEnd, extraEnd)
  if ((view.getUint16(at + 8, true) & ENCRYPTED) !== 0) refuse('INTEROP_ZIP', `${name} is encrypted.`)
  if (view.getUint16(at + 10, true) !== 0 || size !== stored)
    refuse('INTEROP_ZIP', `${name} is compressed, which torch.save never does; save the weights again with PyTorch.`)
  return { name, crc: view.getUint32(at + 16, true), size, offset, next }
}

interface Extent {
  readonly size: number
  readonly stored: number
  readonly offset: number
}

/** Numbers that did not fit into 32 bits, from the zip64 field (id 1), which holds just those, in this order. */
function widen(view: DataView, plain: Extent, begin: number, end: number): Extent {
  const wide = { ...plain }
  for (let at = begin; at + 4 <= end; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue
    let value = at + 4
    for (const key of ['size', 'stored', 'offset'] as const) {
      if (plain[key] !== 0xffffffff) continue
      if (value + 8 > Math.min(end, at + 4 + view.getUint16(at + 2, true)))
        refuse('INTEROP_ZIP', 'The archive’s directory is damaged.')
      wide[key] = Number(view.getBigUint64(value, true))
      value += 8
    }
  }
  return wide
}

function decodeName(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return refuse('INTEROP_ZIP', 'The archive names a file in no UTF-8.')
  }
}

interface Located {
  readonly name: string
  readonly crc: number
  /** From the local header on. */
  readonly begin: number
  readonly end: number
  readonly data: Uint8Array
}

function locate(bytes: Uint8Array, view: DataView, { name, crc, size, offset }: CentralRecord, limit: number): Located {
  if (offset + LOCAL_BYTES > limit || view.getUint32(offset, true) !== LOCAL)
    refuse('INTEROP_ZIP', `${name} lies outside of the archive’s bytes.`)
  const nameEnd = offset + LOCAL_BYTES + view.getUint16(offset + 26, true)
  const begin = nameEnd + view.getUint16(offset + 28, true)
  if (begin + size > limit) refuse('INTEROP_ZIP', `${name} lies outside of the archive’s bytes.`)
  if (decodeName(bytes.subarray(offset + LOCAL_BYTES, nameEnd)) !== name)
    refuse('INTEROP_ZIP', `${name} has another name where it lies.`)
  return { name, crc, begin: offset, end: begin + size, data: bytes.subarray(begin, begin + size) }
}

function assertApart(records: readonly Located[]): void {
  let end = 0
  for (const record of [...records].sort((a, b) => a.begin - b.begin)) {
    if (record.begin < end) refuse('INTEROP_ZIP', `${record.name} shares bytes with another file of the archive.`)
    end = record.end
  }
}

function checkedOnce(name: string, data: Uint8Array, crc: number): () => Uint8Array {
  let isChecked = false
  return () => {
    isChecked ||= crc32(data) === crc
    if (isChecked) return data
    return refuse(
      'INTEROP_ZIP',
      `${name} does not match its checksum: the file is damaged, or was saved with checksums switched off.`,
    )
  }
}
