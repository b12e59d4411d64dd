import { refuse } from '../verifier-error.js'
import { owned } from './digest.js'

const SIGNATURE_BYTES = 64
const P256_FIELD_BYTES = 32

/** @throws DomainError CRYPTO_UNAVAILABLE where WebCrypto or its Ed25519 (RFC 8032) is missing. */
export async function assertCryptography(): Promise<void> {
  // Typed as always there; a page from an insecure place has none.
  const { subtle } = (globalThis as { crypto?: Partial<typeof crypto> }).crypto ?? {}
  try {
    // The base point is a valid key; whoever knows the algorithm takes it.
    const key = Uint8Array.from({ length: 32 }, (_, at) => (at === 0 ? 0x58 : 0x66))
    await subtle?.importKey('raw', key, { name: 'Ed25519' }, false, ['verify'])
    if (subtle !== undefined) return
  } catch {
    // Refused below.
  }
  refuse(
    'CRYPTO_UNAVAILABLE',
    'Ed25519 is missing here; use a browser of 2025 or later (over HTTPS or as a local file), or `lethe verify`.',
  )
}

/** publicKey: 32 raw bytes. False also for keys and signatures that cannot be. */
export async function verifyEd25519(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  if (signature.length !== SIGNATURE_BYTES) return false
  try {
    const key = await crypto.subtle.importKey('raw', owned(publicKey), { name: 'Ed25519' }, false, ['verify'])
    return await crypto.subtle.verify({ name: 'Ed25519' }, key, owned(signature), owned(message))
  } catch {
    return false
  }
}

/** ECDSA on P-256 with SHA-256 (FIPS 186-5). publicKey: SPKI; signature: DER (RFC 3279 §2.2.3). False for all that cannot be read. */
export async function verifyP256(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  const raw = rawSignature(signature)
  if (raw === null) return false
  try {
    const key = await crypto.subtle.importKey('spki', owned(publicKey), { name: 'ECDSA', namedCurve: 'P-256' }, false, [
      'verify',
    ])
    return await crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, raw, owned(message))
  } catch {
    return false
  }
}

/** r ‖ s, 32 bytes each, of SEQUENCE { INTEGER r, INTEGER s } in strict DER; null for anything else. */
export function rawSignature(der: Uint8Array): Uint8Array<ArrayBuffer> | null {
  // Two integers of at most 33 bytes: every length fits into one byte.
  if (der[0] !== 0x30 || der[1] !== der.length - 2) return null
  const r = integerAt(der, 2)
  const s = r === null ? null : integerAt(der, r.end)
  if (r === null || s?.end !== der.length) return null
  const raw = new Uint8Array(2 * P256_FIELD_BYTES)
  raw.set(r.value, P256_FIELD_BYTES - r.value.length)
  raw.set(s.value, 2 * P256_FIELD_BYTES - s.value.length)
  return raw
}

/** A positive INTEGER of at most 32 bytes, without its leading zero. */
function integerAt(der: Uint8Array, at: number): { value: Uint8Array; end: number } | null {
  const length = der[at + 1] ?? 0
  const end = at + 2 + length
  const [first = 0, second = 0] = der.subarray(at + 2, end)
  const isPadded = first === 0
  const isMinimal = !isPadded || (length > 1 && second >= 0x80)
  if (der[at] !== 0x02 || length === 0 || end > der.length || first >= 0x80 || !isMinimal) return null
  const value = der.subarray(at + (isPadded ? 3 : 2), end)
  return value.length <= P256_FIELD_BYTES ? { value, end } : null
}
