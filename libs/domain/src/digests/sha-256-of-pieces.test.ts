import { expect, it } from 'vitest'
import { sha256 } from '../sha-256.js'
import { sha256OfPieces } from './sha-256-of-pieces.js'

it('is the digest of the whole, however it is cut', async () => {
  const bytes = Uint8Array.from({ length: 1000 }, (_, at) => at % 251)
  for (const size of [1, 63, 64, 65, 1000]) {
    async function* pieces() {
      for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size))
    }
    expect(await sha256OfPieces(pieces())).toBe(sha256(bytes))
  }
})
