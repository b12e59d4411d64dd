import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { refuse } from '../errors.js'

/** Pictures hardly shrink; beyond these an archive is made to fill memory or time. */
const MAX_RATIO = 200
const FREE_BYTES = 64 * 2 ** 20

export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b

/**
 * Unpacks gzip piece by piece.
 * @throws DomainError TAR_TRUNCATED when it ends too early, TAR_UNREADABLE when it is damaged or expands without bounds.
 */
export async function* gunzip(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let read = 0
  let written = 0
  const counted = async function* () {
    for await (const chunk of chunks) {
      read += chunk.length
      yield chunk
    }
  }
  // The loop below meets the same error; the callback only keeps it from being thrown as well.
  const unpacked = pipeline(Readable.from(counted()), createGunzip(), () => undefined)
  try {
    for await (const chunk of unpacked as AsyncIterable<Uint8Array>) {
      written += chunk.length
      if (written > FREE_BYTES && written > read * MAX_RATIO)
        refuse('TAR_UNREADABLE', `The archive unpacks to more than ${MAX_RATIO} times its size; that is no pictures.`)
      yield chunk
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'Z_BUF_ERROR')
      refuse('TAR_TRUNCATED', 'The compressed archive ends in the middle. Copy or download the whole of it again.')
    if (typeof code === 'string' && code.startsWith('Z_'))
      refuse('TAR_UNREADABLE', 'The compressed archive is damaged.')
    throw error
  } finally {
    unpacked.destroy()
  }
}
