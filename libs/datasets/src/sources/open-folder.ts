import type { Dirent } from 'node:fs'
import { open, readdir, realpath, stat, type FileHandle } from 'node:fs/promises'
import path from 'node:path'
import { defaultImageLimits } from '../decode-image.js'
import { refuse } from '../errors.js'
import { pictureFormat, SIGNATURE_BYTES } from '../picture-format.js'

const MAX_DEPTH = 32

/** A folder that nothing read through it can leave, by `..`, by an absolute path or by a link. */
export interface Folder {
  readonly root: string
  /**
   * @param name relative to the folder, or to `base` in it, or absolute within it.
   * @returns the bytes of the picture, or one sentence that says why there are none.
   * @throws DomainError SOURCE_UNSAFE_PATH.
   */
  readPicture(name: string, base?: string): Promise<Uint8Array | string>
  /**
   * Names of all files below `inner`, sorted within each folder, without hidden ones. In memory: the names of one
   * folder on each level.
   */
  files(inner?: string): AsyncGenerator<string>
}

/** @throws DomainError SOURCE_MISSING. */
export async function openFolder(name: string): Promise<Folder> {
  const root = await realpath(name).catch(() =>
    refuse('SOURCE_MISSING', `There is no folder ${name}, or it may not be read.`),
  )
  return {
    root,
    readPicture: (file, base = '') => readPicture(root, base, file),
    files: (inner = '') => walk(root, inner, 0),
  }
}

function assertInside(root: string, file: string, name: string): void {
  const way = path.relative(root, file)
  if (way === '..' || way.startsWith(`..${path.sep}`) || path.isAbsolute(way))
    refuse(
      'SOURCE_UNSAFE_PATH',
      `${name} lies outside of the dataset's folder ${root}; put the pictures inside, or name the folder that holds all.`,
    )
}

async function readPicture(root: string, base: string, name: string): Promise<Uint8Array | string> {
  if (name.includes('\0')) return 'The path holds a character that no file name has.'
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(name)) return 'The picture is on the web; download it and give its path.'
  const wanted = path.resolve(root, base, name)
  assertInside(root, wanted, name)
  try {
    const real = await realpath(wanted)
    assertInside(root, real, name)
    // Opening a pipe would wait for its other end.
    if (!(await stat(real)).isFile()) return 'The path is not that of a file.'
    const file = await open(real, 'r')
    try {
      return await readBounded(file)
    } finally {
      await file.close()
    }
  } catch (error) {
    return faultOf(error)
  }
}

function faultOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'The picture is not there.'
  if (code === 'EACCES' || code === 'EPERM') return 'The picture may not be read.'
  if (code === 'ENAMETOOLONG' || code === 'ELOOP') return 'The path leads nowhere.'
  throw error
}

/** Reads no more than a look at the first bytes of what is not a picture, or too large a one. */
async function readBounded(file: FileHandle): Promise<Uint8Array | string> {
  const { size } = await file.stat()
  if (size > defaultImageLimits.maxBytes) return `The file has ${size} bytes, more than are read.`
  const bytes = new Uint8Array(size)
  const head = Math.min(size, SIGNATURE_BYTES)
  await file.read(bytes, 0, head, 0)
  if (pictureFormat(bytes) === null) return 'The file is not a PNG, JPEG or WebP picture.'
  for (let at = head; at < size;) {
    const { bytesRead } = await file.read(bytes, at, size - at, at)
    if (bytesRead === 0) return 'The file became shorter while it was read.'
    at += bytesRead
  }
  return bytes
}

async function* walk(root: string, inner: string, depth: number): AsyncGenerator<string> {
  if (depth > MAX_DEPTH) refuse('SOURCE_UNKNOWN', `The folders below ${root} are nested deeper than ${MAX_DEPTH}.`)
  for (const entry of await sortedEntries(path.join(root, inner))) {
    const name = inner === '' ? entry.name : `${inner}/${entry.name}`
    if (entry.isDirectory()) yield* walk(root, name, depth + 1)
    // A link to a folder comes out as a file, which it is not: it is told and not followed.
    else yield name
  }
}

/** What is in a folder, without hidden entries, in the order of code units. @throws DomainError SOURCE_MISSING. */
export async function sortedEntries(folder: string): Promise<Dirent[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() =>
    refuse('SOURCE_MISSING', `The folder ${folder} may not be read.`),
  )
  return entries
    .filter(({ name }) => !name.startsWith('.'))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}
