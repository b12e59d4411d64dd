import { hexFromBytes } from '../encoding/hex.js'

/** WebCrypto wants bytes that nobody else can reach while it works. */
export const owned = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes)

/** SHA-256 (FIPS 180-4) of the parts one after the other. */
export async function sha256(...parts: readonly Uint8Array[]): Promise<Uint8Array> {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let offset = 0
  for (const part of parts) {
    joined.set(part, offset)
    offset += part.length
  }
  return new Uint8Array(await crypto.subtle.digest('SHA-256', joined))
}

/** In lower-case hex. */
export const sha256Hex = async (...parts: readonly Uint8Array[]): Promise<string> =>
  hexFromBytes(await sha256(...parts))

/** HMAC-SHA-256 (RFC 2104) in lower-case hex. */
export async function hmacSha256Hex(key: Uint8Array, message: string): Promise<string> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const imported = await crypto.subtle.importKey('raw', owned(key), algorithm, false, ['sign'])
  return hexFromBytes(new Uint8Array(await crypto.subtle.sign('HMAC', imported, new TextEncoder().encode(message))))
}
