import { open, realpath, stat } from 'node:fs/promises'
import path from 'node:path'
import { createGunzip } from 'node:zlib'
import { pipeline, Readable } from 'node:stream'
import { refuse } from '../errors.js'
import { pictureFormat } from '../picture-format.js'
import { imageColumns, splitNamed, type ColumnNames } from './describe-row.js'
import { isGzip } from './gunzip.js'
import { openFolder, sortedEntries } from './open-folder.js'
import { areCifarLabels, cifarRecordBytes, type CifarKind } from './read-cifar.js'
import { metadataFiles } from './read-image-folder.js'
import type { SourceFormat } from './sample-source.js'

export interface DetectedSource {
  readonly format: SourceFormat
  /** The folder that the source is, or lies in. */
  readonly folder: string
  /** Files in the order in which they are read; none for an image folder. */
  readonly files: readonly string[]
}

const HEAD_BYTES = 64 * 1024

const supported =
  'CIFAR-10 or CIFAR-100 binary (.bin), a folder of pictures (by class, or with metadata.jsonl or metadata.csv), ' +
  'WebDataset (.tar or .tar.gz), Parquet with a column of pictures, and CSV or JSON Lines that name pictures'

/**
 * Which format a file or folder has, told by its content. In a folder, files of one format are its shards.
 * @throws DomainError SOURCE_MISSING, SOURCE_UNKNOWN; the message says what is read.
 */
export async function detectSource(name: string, columns: ColumnNames = {}): Promise<DetectedSource> {
  const real = await realpath(name).catch(() =>
    refuse('SOURCE_MISSING', `There is no file or folder ${name}, or it may not be read.`),
  )
  if ((await stat(real)).isDirectory()) return detectFolder(real, name, columns)
  const format = await formatOf(real, columns)
  if (format === null) return refuse('SOURCE_UNKNOWN', `${name} is of no format that is read: ${supported}.`)
  return { format, folder: path.dirname(real), files: [real] }
}

const pictureName = /\.(png|jpe?g|webp)$/i

/** Formats whose files are shards, before those that only name pictures. */
const shards: readonly SourceFormat[] = ['cifar-10', 'cifar-100', 'webdataset', 'parquet']

async function detectFolder(folder: string, name: string, columns: ColumnNames): Promise<DetectedSource> {
  const found = new Map<SourceFormat, string[]>()
  const entries = await sortedEntries(folder)
  for (const entry of entries) {
    const file = path.join(folder, entry.name)
    const isFile = entry.isFile() || (entry.isSymbolicLink() && (await stat(file).catch(() => null))?.isFile())
    // A folder may hold a million pictures; these are told by name here, and by content when they are read.
    const format = isFile && !pictureName.test(entry.name) ? await formatOf(file, columns) : null
    if (format) found.set(format, [...(found.get(format) ?? []), file])
  }
  const sharded = shards.filter((format) => found.has(format))
  if (sharded.length > 1) refuse('SOURCE_UNKNOWN', `${name} holds files of ${sharded.join(' and ')}; name one of them.`)
  const [format] = sharded
  if (format) return { format, folder, files: found.get(format) ?? [] }
  const lists = [...(found.get('csv') ?? []), ...(found.get('jsonl') ?? [])]
  const isMetadata = lists.some((list) => (metadataFiles as readonly string[]).includes(path.basename(list)))
  if (lists.length === 1 && !isMetadata) return { format: found.has('csv') ? 'csv' : 'jsonl', folder, files: lists }
  if (lists.length > 1 && !isMetadata)
    refuse('SOURCE_UNKNOWN', `${name} holds ${lists.length} lists of pictures; name one of them.`)
  return detectPictures(folder, name, entries.length === 1 && entries[0]?.name === 'data' && entries[0].isDirectory())
}

/** `datasets` on Hugging Face keep their shards in a folder `data`. */
async function detectPictures(folder: string, name: string, onlyData: boolean): Promise<DetectedSource> {
  if (onlyData) {
    const inner = await detectSource(path.join(folder, 'data')).catch(() => null)
    if (inner && shards.includes(inner.format)) return inner
  }
  let looked = 0
  for await (const file of (await openFolder(folder)).files()) {
    if (
      (metadataFiles as readonly string[]).includes(path.basename(file)) ||
      (await isPicture(path.join(folder, file)))
    )
      return { format: 'image-folder', folder, files: [] }
    if (++looked === 1000) break
  }
  return refuse('SOURCE_UNKNOWN', `${name} holds nothing that is read: ${supported}.`)
}

const isPicture = async (file: string): Promise<boolean> =>
  (await stat(file).catch(() => null))?.isFile() === true && pictureFormat((await readHead(file)).head) !== null

async function readHead(file: string): Promise<{ head: Uint8Array; size: number }> {
  const handle = await open(file, 'r').catch(() => refuse('SOURCE_MISSING', `${file} may not be read.`))
  try {
    const { size } = await handle.stat()
    const { buffer, bytesRead } = await handle.read(new Uint8Array(HEAD_BYTES), 0, HEAD_BYTES, 0)
    return { head: buffer.subarray(0, bytesRead), size }
  } finally {
    await handle.close()
  }
}

async function formatOf(file: string, columns: ColumnNames): Promise<SourceFormat | null> {
  const { head, size } = await readHead(file)
  if (pictureFormat(head) !== null) return null
  if (latin1(head, 0, 4) === 'PAR1') return 'parquet'
  if (isTar(isGzip(head) ? await unpackHead(head) : head)) return 'webdataset'
  return (await cifarKind(file, size, head)) ?? listFormat(head, columns)
}

const latin1 = (bytes: Uint8Array, from: number, to: number): string =>
  Buffer.from(bytes.subarray(from, to)).toString('latin1')

/** POSIX and GNU write a mark into each header; before these there was only a checksum. */
function isTar(head: Uint8Array): boolean {
  if (head.length < 512) return false
  if (latin1(head, 257, 262) === 'ustar') return true
  const sum = head.subarray(0, 512).reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 32 : byte), 0)
  return head[0] !== 0 && parseInt(latin1(head, 148, 156), 8) === sum
}

async function unpackHead(head: Uint8Array): Promise<Uint8Array> {
  const unpacked = pipeline(Readable.from([head]), createGunzip(), () => undefined)
  try {
    for await (const chunk of unpacked as AsyncIterable<Uint8Array>) return chunk
  } catch {
    // Not gzip after all, or nothing in it.
  } finally {
    unpacked.destroy()
  }
  return new Uint8Array(0)
}

const isCifarName = (file: string): boolean => /^(data_batch_\d+|test_batch|train|test)\.bin$/.test(path.basename(file))

/** By its size and the labels of records throughout; a file cut off is still known by name and first record. */
async function cifarKind(file: string, size: number, head: Uint8Array): Promise<CifarKind | null> {
  for (const kind of ['cifar-10', 'cifar-100'] as const) {
    const record = cifarRecordBytes(kind)
    const isWhole = size > 0 && size % record === 0
    if (isWhole ? await labelsAgree(file, kind, size / record) : isCifarName(file) && headAgrees(head, kind))
      return kind
  }
  return null
}

const PROBES = 64

async function labelsAgree(file: string, kind: CifarKind, count: number): Promise<boolean> {
  const handle = await open(file, 'r')
  try {
    const labels = new Uint8Array(2)
    let wrong = 0
    const probes = Math.min(PROBES, count)
    for (let i = 0; i < probes; i++) {
      await handle.read(labels, 0, 2, Math.floor((i * count) / probes) * cifarRecordBytes(kind))
      if (!areCifarLabels(kind, labels)) wrong++
    }
    // A few damaged records make a file no other format.
    return wrong * 8 <= probes
  } finally {
    await handle.close()
  }
}

function headAgrees(head: Uint8Array, kind: CifarKind): boolean {
  const size = cifarRecordBytes(kind)
  for (let at = 0; at + 2 <= head.length; at += size) if (!areCifarLabels(kind, head.subarray(at, at + 2))) return false
  return true
}

function listFormat(head: Uint8Array, { image }: ColumnNames): 'csv' | 'jsonl' | null {
  const [line = ''] = new TextDecoder().decode(head).split(/\r?\n/, 1)
  const names = image === undefined ? imageColumns : [image]
  if (line.trimStart().startsWith('{')) return namesPicture(line, names) ? 'jsonl' : null
  const titles = line.split(/[,;\t]/).map((title) => title.replace(/^\s*"?|"?\s*$/g, ''))
  return names.some((name) => titles.includes(name)) ? 'csv' : null
}

/** A first line that is longer than the head cannot be parsed, but names its columns. */
const namesPicture = (line: string, names: readonly string[]): boolean =>
  names.some((name) => line.includes(`${JSON.stringify(name)}:`) || line.includes(`${JSON.stringify(name)} :`))

/** The split that a file is named after, as in `test-00000-of-00002.parquet` or `train.tar`. */
export const splitOfFile = (file: string) => splitNamed(path.basename(file).split(/[-_.]/, 1)[0] ?? '') ?? null
