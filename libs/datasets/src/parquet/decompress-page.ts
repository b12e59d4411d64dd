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
  ZSTD: (input, length) => unzstd(input, new Uint8Array(length)),
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
