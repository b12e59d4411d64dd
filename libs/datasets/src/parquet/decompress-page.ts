import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { decompress as unzstd } from 'fzstd'
import type { Compressors } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'

/** Largest page that is unpacked, bytes. */
export const MAX_PAGE_BYTES = 256 * 2 ** 20

/** None of them writes more than the page announces, whatever its bytes say. */
const codecs: Compressors = {
  ...compressors,
  GZIP: (input, length) => gunzipSync(input, { maxOutputLength: Math.max(1, length) }),
  BROTLI: (input, length) => brotliDecompressSync(input, { maxOutputLength: Math.max(1, length) }),
  ZSTD: (input, length) => {
    assertZstdSize(input, length)
    return unzstd(input, new Uint8Array(length))
  },
}

/** The library fills the buffer that it is given and no more, but would not say that the frame holds other than that. */
function assertZstdSize(frame: Uint8Array, length: number): void {
  const flags = frame[4] ?? 0
  const isSingle = (flags >> 5) & 1
  const sizeBytes = flags >> 6 ? 1 << (flags >> 6) : isSingle
  if (sizeBytes === 0) return
  const at = 6 - isSingle + ([0, 1, 2, 4][flags & 3] as number)
  let size = flags >> 6 === 1 ? 256 : 0
  for (let i = 0; i < sizeBytes; i++) size += (frame[at + i] ?? 0) * 256 ** i
  if (size !== length) throw new RangeError('a page has another length than announced')
}

/**
 * @returns exactly `length` bytes.
 * @throws an error when the page is damaged, or of a codec that is not read.
 */
export function decompressPage(input: Uint8Array, length: number, codec: string): Uint8Array {
  const decompress = codecs[codec as keyof Compressors]
  if (!decompress || length < 0 || length > MAX_PAGE_BYTES) throw new RangeError('a page cannot be unpacked')
  const output = decompress(input, length)
  if (output.length !== length) throw new RangeError('a page has another length than announced')
  return output
}
