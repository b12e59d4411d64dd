import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'

/** SHA-256 in lower-case hex of bytes that come piece by piece and are never held as a whole. Also for browsers. */
export async function sha256OfPieces(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = sha256.create()
  for await (const piece of pieces) hash.update(piece)
  return bytesToHex(hash.digest())
}
