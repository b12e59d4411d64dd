import { ledgerError } from '../errors.js'

export interface ArchiveFile {
  /** ASCII, relative, with forward slashes. */
  readonly path: string
  readonly bytes: Uint8Array
}

const BLOCK = 512
const MAX_PATH_BYTES = 100
/** Eleven octal digits. */
const MAX_FILE_BYTES = 8 ** 11 - 1

/**
 * POSIX ustar (IEEE 1003.1, pax), files only, in the given order: owner 0, mode 0644, time 0, no prefix, no extension
 * entries, two empty blocks at the end and nothing behind them. Equal files give equal bytes.
 *
 * Written here and not by a library: those that npm has are streams that pad to their own taste and fall back to pax
 * entries in silence, while a verifier must be able to refuse everything but this one form.
 *
 * @throws DomainError BUNDLE_PATH or BUNDLE_TOO_LARGE, naming the file.
 */
export function writeUstar(files: readonly ArchiveFile[]): Uint8Array {
  const seen = new Set<string>()
  for (const { path, bytes } of files) {
    assertPath(path)
    if (seen.has(path)) throw ledgerError('BUNDLE_PATH', `Two files would be called ${path}.`, path)
    seen.add(path)
    if (bytes.byteLength > MAX_FILE_BYTES)
      throw ledgerError('BUNDLE_TOO_LARGE', `${path} has more than ${MAX_FILE_BYTES} bytes.`, path)
  }
  const size = files.reduce((sum, { bytes }) => sum + BLOCK + padded(bytes.byteLength), 2 * BLOCK)
  const archive = new Uint8Array(size)
  let offset = 0
  for (const { path, bytes } of files) {
    archive.set(header(path, bytes.byteLength), offset)
    archive.set(bytes, offset + BLOCK)
    offset += BLOCK + padded(bytes.byteLength)
  }
  return archive
}

const padded = (length: number): number => Math.ceil(length / BLOCK) * BLOCK

/** Names that mean the same to every tar and every file system. */
function assertPath(path: string): void {
  const isPlain = path.split('/').every((part) => /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(part))
  if (isPlain && path.length <= MAX_PATH_BYTES) return
  throw ledgerError(
    'BUNDLE_PATH',
    `A file of a bundle has a relative path of at most ${MAX_PATH_BYTES} letters, digits, dots, dashes and slashes.`,
    path,
  )
}

function header(path: string, size: number): Uint8Array {
  const block = Buffer.alloc(BLOCK)
  block.write(path, 0, 'ascii')
  block.write('0000644\0', 100, 'ascii')
  block.write('0000000\0', 108, 'ascii')
  block.write('0000000\0', 116, 'ascii')
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124, 'ascii')
  block.write('00000000000\0', 136, 'ascii')
  block.write('        ', 148, 'ascii')
  block.write('0', 156, 'ascii')
  block.write('ustar\x0000', 257, 'ascii')
  block.write('0000000\0', 329, 'ascii')
  block.write('0000000\0', 337, 'ascii')
  // The sum of all bytes, those of the sum itself taken as spaces.
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'ascii')
  return block
}
