import { open } from 'node:fs/promises'
import path from 'node:path'
import { isDomainError } from '@lethe/domain'
import { parquetMetadata, parquetSchema, type FileMetaData } from 'hyparquet'
import { refuse } from '../errors.js'
import { assertStruct } from './assert-thrift.js'

/** A Parquet file of which single ranges are read. */
export interface ParquetFile {
  readonly name: string
  readonly size: number
  readonly metadata: FileMetaData
  /** @returns the bytes from `start` to `end` in a buffer of their own. */
  read(start: number, end: number): Promise<Uint8Array>
  close(): Promise<void>
}

const MAGIC = 'PAR1'
const TAIL_BYTES = 8
const MAX_FOOTER_BYTES = 64 * 2 ** 20

/** @throws DomainError PARQUET_TRUNCATED, PARQUET_UNREADABLE. */
export async function openParquet(file: string): Promise<ParquetFile> {
  const name = path.basename(file)
  const handle = await open(file, 'r')
  try {
    const { size } = await handle.stat()
    const read = async (start: number, end: number): Promise<Uint8Array> => {
      // A buffer of its own: the library trusts lengths in the file as far as the buffer goes.
      const bytes = new Uint8Array(end - start)
      for (let at = 0; at < bytes.length;) {
        const { bytesRead } = await handle.read(bytes, at, bytes.length - at, start + at)
        if (bytesRead === 0) refuse('PARQUET_TRUNCATED', `${name} became shorter while it was read.`)
        at += bytesRead
      }
      return bytes
    }
    return { name, size, read, metadata: await readFooter(name, size, read), close: () => handle.close() }
  } catch (error) {
    await handle.close()
    throw error
  }
}

async function readFooter(name: string, size: number, read: ParquetFile['read']): Promise<FileMetaData> {
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1')
  if (size < MAGIC.length || text(await read(0, MAGIC.length)) !== MAGIC)
    refuse('PARQUET_UNREADABLE', `${name} is not a Parquet file, or an encrypted one.`)
  if (size < MAGIC.length + TAIL_BYTES) refuseTruncated(name)
  const tail = await read(size - TAIL_BYTES, size)
  if (text(tail.subarray(4)) !== MAGIC) refuseTruncated(name)
  const length = new DataView(tail.buffer).getUint32(0, true)
  if (length > Math.min(size - TAIL_BYTES - MAGIC.length, MAX_FOOTER_BYTES)) refuseDamaged(name)
  const footer = await read(size - TAIL_BYTES - length, size)
  return guarded(name, () => {
    assertStruct(footer.subarray(0, length), 0)
    const metadata = parquetMetadata(footer, { geoparquet: false })
    // Throws when the schema announces more columns than it has.
    parquetSchema(metadata)
    const rows = metadata.row_groups.map((group) => Number(group.num_rows))
    const total = rows.reduce((sum, count) => sum + count, 0)
    if (!rows.every((count) => count >= 0) || total !== Number(metadata.num_rows)) refuseDamaged(name)
    return metadata
  })
}

const refuseTruncated = (name: string): never =>
  refuse('PARQUET_TRUNCATED', `${name} ends before its footer. Copy or download the whole of it again.`)

export const refuseDamaged = (name: string): never =>
  refuse('PARQUET_UNREADABLE', `${name} is damaged. Copy or download it again.`)

/** What the library cannot make sense of is a damaged file; its own words may quote the file. */
export function guarded<T>(name: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (isDomainError(error)) throw error
    return refuseDamaged(name)
  }
}
