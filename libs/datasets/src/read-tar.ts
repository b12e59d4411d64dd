import { isDomainError } from '@lethe/domain'
import { extract, type Extract, type Header } from 'tar-stream'
import { refuse } from './errors.js'

type Entry = Extract extends AsyncIterable<infer Source> ? Source : never

export interface TarMember {
  readonly name: string
  /** null when the file is larger than what the caller reads of its kind. */
  readonly bytes: Uint8Array | null
  readonly size: number
}

const END_MARK_BYTES = 1024
const CHUNK_BYTES = 64 * 1024

/**
 * The regular files of a tar archive (ustar, pax, GNU), one at a time, each at most `maxBytes(name)` long.
 * @throws DomainError TAR_UNREADABLE, TAR_TRUNCATED or TAR_UNSAFE_ENTRY.
 */
export async function* readTar(
  source: Uint8Array | AsyncIterable<Uint8Array>,
  maxBytes: (name: string) => number,
): AsyncGenerator<TarMember> {
  const archive = extract()
  const tail = new Tail()
  const feeding = feed(archive, tail, source)
  // The reader below meets the same error; this only keeps it from being reported as unhandled.
  feeding.catch(() => undefined)
  try {
    for await (const entry of archive) yield* readEntry(entry, maxBytes)
    await feeding
  } catch (error) {
    if (isDomainError(error)) throw error
    if (error instanceof Error && error.message === 'Unexpected end of data') refuseTruncated()
    if (error instanceof Error && /tar header|Invalid header|exceeds max size/i.test(error.message))
      refuse('TAR_UNREADABLE', 'The archive is damaged, or not an uncompressed tar.')
    throw error
  } finally {
    archive.destroy(null)
  }
  // Without its end mark an archive cut between two files would look whole and lose the rest in silence.
  if (!tail.isZero) refuseTruncated()
}

const refuseTruncated = (): never =>
  refuse('TAR_TRUNCATED', 'The archive ends in the middle. Write it again and upload the whole of it.')

/** Whether the last bytes seen are the two zero blocks that end an archive. */
class Tail {
  #zeros = 0
  push(chunk: Uint8Array): void {
    let last = chunk.length - 1
    while (last >= 0 && chunk[last] === 0) last--
    const zeros = chunk.length - 1 - last
    this.#zeros = zeros === chunk.length ? this.#zeros + zeros : zeros
  }
  get isZero(): boolean {
    return this.#zeros >= END_MARK_BYTES
  }
}

async function feed(archive: Extract, tail: Tail, source: Uint8Array | AsyncIterable<Uint8Array>): Promise<void> {
  try {
    let first = true
    for await (const chunk of source instanceof Uint8Array ? slices(source) : source) {
      if (first && chunk.length > 0) assertUncompressed(chunk)
      first &&= chunk.length === 0
      tail.push(chunk)
      if (archive.destroyed) return
      if (!archive.write(chunk)) await drained(archive)
    }
    archive.end(undefined)
  } catch (error) {
    archive.destroy(error as Error)
    throw error
  }
}

const drained = (archive: Extract): Promise<void> =>
  new Promise((resolve) => {
    const settle = () => {
      archive.off('drain', settle)
      archive.off('close', settle)
      resolve()
    }
    archive.on('drain', settle)
    archive.on('close', settle)
  })

function* slices(bytes: Uint8Array): Generator<Uint8Array> {
  for (let offset = 0; offset < bytes.length; offset += CHUNK_BYTES) yield bytes.subarray(offset, offset + CHUNK_BYTES)
}

function assertUncompressed(chunk: Uint8Array): void {
  if (chunk[0] === 0x1f && chunk[1] === 0x8b)
    refuse(
      'TAR_UNREADABLE',
      'The archive is compressed with gzip; upload the plain tar, pictures do not shrink further.',
    )
}

async function* readEntry(entry: Entry, maxBytes: (name: string) => number): AsyncGenerator<TarMember> {
  const { name, type, size } = entry.header
  assertSafe(name, type)
  const wanted = type !== 'directory' && size <= maxBytes(name)
  const chunks: Uint8Array[] = []
  // Also what is not wanted must be read past, or the archive does not go on.
  for await (const chunk of chunksOf(entry)) if (wanted) chunks.push(chunk)
  if (type !== 'directory') yield { name, bytes: wanted ? Buffer.concat(chunks) : null, size }
}

/** A streamx readable, of which the package's own types do not say that it can be iterated. */
const chunksOf = (entry: Entry): AsyncIterable<Uint8Array> => entry as Entry & AsyncIterable<Uint8Array>

function assertSafe(name: string, type: Header['type']): void {
  const leaves = name.startsWith('/') || /^[a-z]:/i.test(name) || name.split('/').includes('..')
  if (leaves || name.includes('\\') || name.includes('\0') || name === '')
    refuse('TAR_UNSAFE_ENTRY', 'The archive holds a name that points outside of it; use plain relative names.')
  if (type !== 'file' && type !== 'directory' && type !== 'contiguous-file')
    refuse('TAR_UNSAFE_ENTRY', 'The archive holds a link or device; put the pictures themselves into it.')
}
