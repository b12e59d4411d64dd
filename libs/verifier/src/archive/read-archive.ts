import { equalBytes } from '../encoding/hex.js'
import { refuse } from '../verifier-error.js'

const BLOCK = 512
const PATH_BYTES = 100
const LARGEST_ARCHIVE = 2 ** 30
const MOST_FILES = 10_000
const CHECKSUM_AT = 148

/** First bytes of what compresses: gzip, xz, zstd, bzip2, zip, lz4. */
const compressed: readonly (readonly number[])[] = [
  [0x1f, 0x8b],
  [0xfd, 0x37, 0x7a, 0x58, 0x5a],
  [0x28, 0xb5, 0x2f, 0xfd],
  [0x42, 0x5a, 0x68],
  [0x50, 0x4b, 0x03, 0x04],
  [0x04, 0x22, 0x4d, 0x18],
]

/** What an entry is by its type flag (IEEE 1003.1, ustar), and the extensions that other tars write. */
const entryTypes: Readonly<Record<string, string>> = {
  '1': 'a hard link',
  '2': 'a symbolic link',
  '3': 'a device',
  '4': 'a device',
  '5': 'a folder',
  '6': 'a pipe',
  x: 'a pax extension',
  g: 'a pax extension',
  L: 'a GNU extension',
  K: 'a GNU extension',
}

/**
 * Files of an archive by path, in its order; the bytes are views of it. Takes one form of POSIX ustar only: plain files of
 * owner 0, mode 0644 and time 0 with short, plain, relative paths, then two empty blocks. Whatever else a tar could say is
 * refused, so that every tool that unpacks it sees exactly what is verified here.
 *
 * Time and memory are linear in the length of the archive.
 *
 * @throws DomainError ARCHIVE_*, naming the file in `field`.
 */
export function readArchive(bytes: Uint8Array): ReadonlyMap<string, Uint8Array> {
  assertPlain(bytes)
  const files = new Map<string, Uint8Array>()
  let offset = 0
  for (;;) {
    const header = bytes.subarray(offset, offset + BLOCK)
    if (header.length < BLOCK) refuse('ARCHIVE_TRUNCATED', 'The archive ends without its two empty blocks.')
    if (isEmpty(header)) break
    const { path, size } = readHeader(header)
    if (files.has(path)) refuse('ARCHIVE_DUPLICATE', `Two files are called ${path}.`, path)
    if (files.size === MOST_FILES) refuse('ARCHIVE_TOO_MANY_FILES', `An archive has at most ${MOST_FILES} files.`, path)
    const end = offset + BLOCK + size
    const padded = offset + BLOCK + Math.ceil(size / BLOCK) * BLOCK
    if (padded > bytes.length) refuse('ARCHIVE_TRUNCATED', `The archive ends inside ${path}.`, path)
    if (!isEmpty(bytes.subarray(end, padded)))
      refuse('ARCHIVE_NOT_CANONICAL', `Bytes are hidden in the padding after ${path}.`, path)
    files.set(path, bytes.subarray(offset + BLOCK, end))
    offset = padded
  }
  assertEnd(bytes.subarray(offset))
  return files
}

function assertPlain(bytes: Uint8Array): void {
  if (compressed.some((magic) => magic.every((byte, at) => bytes[at] === byte)))
    refuse('ARCHIVE_COMPRESSED', 'This archive is compressed; unpack it first and give the .tar itself.')
  if (bytes.length > LARGEST_ARCHIVE)
    refuse('ARCHIVE_TOO_LARGE', `An archive has at most ${LARGEST_ARCHIVE} bytes, not ${bytes.length}.`)
}

function assertEnd(end: Uint8Array): void {
  if (end.length < 2 * BLOCK) refuse('ARCHIVE_TRUNCATED', 'The archive ends without its two empty blocks.')
  if (end.length > 2 * BLOCK || !isEmpty(end))
    refuse('ARCHIVE_TRAILING', 'Something follows the end of the archive; nobody may hide bytes there.')
}

const isEmpty = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0)

function readHeader(header: Uint8Array): { path: string; size: number } {
  if (asciiAt(header, 257, 8) !== 'ustar\x0000')
    refuse('ARCHIVE_FORMAT', 'This is no archive in the POSIX ustar format.')
  const path = readPath(header)
  if (asciiAt(header, CHECKSUM_AT, 8) !== checksumField(header))
    refuse('ARCHIVE_CHECKSUM', `The header of ${path} was changed: its sum is wrong.`, path)
  const type = asciiAt(header, 156, 1)
  if (type !== '0')
    refuse(
      'ARCHIVE_ENTRY_TYPE',
      `${path} is ${entryTypes[type] ?? 'of an unknown type'}; only plain files are read.`,
      path,
    )
  const sizeField = /^([0-7]{11})\0$/.exec(asciiAt(header, 124, 12))
  const size = Number.parseInt(sizeField?.[1] ?? '', 8)
  if (Number.isNaN(size)) refuse('ARCHIVE_FORMAT', `The size of ${path} cannot be read.`, path)
  if (!equalBytes(header, canonicalHeader(path, size)))
    refuse('ARCHIVE_NOT_CANONICAL', `The header of ${path} says more than path and size.`, path)
  return { path, size }
}

/** Plain everywhere: no part is empty, hidden, an option or a step upwards. */
function readPath(header: Uint8Array): string {
  const field = asciiAt(header, 0, PATH_BYTES)
  const path = field.split('\0', 1)[0] ?? ''
  const isPlain = path.split('/').every((part) => /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(part))
  if (!isPlain || asciiAt(header, 345, 155).replaceAll('\0', '') !== '')
    refuse(
      'ARCHIVE_PATH',
      'A path leaves the folder, is absolute, or is not plain letters, digits, dots and dashes.',
      printable(path),
    )
  return path
}

/** A hostile name must not steer a terminal. */
const printable = (path: string): string => path.replace(/[^\x20-\x7e]/g, '?')

/** Characters by byte, so that nothing is lost. */
const asciiAt = (bytes: Uint8Array, from: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(from, from + length))

/** Six octal digits, NUL, space, of the sum of all bytes with those of the sum itself taken as spaces. */
function checksumField(header: Uint8Array): string {
  let sum = 8 * 0x20
  for (const [at, byte] of header.entries()) if (at < CHECKSUM_AT || at >= CHECKSUM_AT + 8) sum += byte
  return `${sum.toString(8).padStart(6, '0')}\0 `
}

/** The only header that a file of this path and size may have. */
function canonicalHeader(path: string, size: number): Uint8Array {
  const header = new Uint8Array(BLOCK)
  const put = (text: string, at: number) => header.set(new TextEncoder().encode(text), at)
  put(path, 0)
  put('0000644\x000000000\x000000000\x00', 100)
  put(`${size.toString(8).padStart(11, '0')}\x0000000000000\x00`, 124)
  put('0', 156)
  put('ustar\x0000', 257)
  put('0000000\x000000000\x00', 329)
  put(checksumField(header), CHECKSUM_AT)
  return header
}
