import { hexFromBytes } from '../encoding/hex.js'
import { owned } from './digest.js'

interface Curve {
  readonly namedCurve: 'P-256' | 'P-384' | 'P-521'
  readonly hash: 'SHA-256' | 'SHA-384' | 'SHA-512'
  /** Of a coordinate, and of each half of a signature. */
  readonly fieldBytes: number
  /** SubjectPublicKeyInfo (RFC 5480) up to the uncompressed point. */
  readonly spki: string
}

/** Curves of OpenSSF Model Signing, each with its digest. */
const curves: readonly Curve[] = [
  {
    namedCurve: 'P-256',
    hash: 'SHA-256',
    fieldBytes: 32,
    spki: '3059301306072a8648ce3d020106082a8648ce3d03010703420004',
  },
  { namedCurve: 'P-384', hash: 'SHA-384', fieldBytes: 48, spki: '3076301006072a8648ce3d020106052b8104002203620004' },
  {
    namedCurve: 'P-521',
    hash: 'SHA-512',
    fieldBytes: 66,
    spki: '30819b301006072a8648ce3d020106052b810400230381860004',
  },
]

const curveOf = (publicKey: Uint8Array): Curve | undefined =>
  curves.find(
    ({ spki, fieldBytes }) =>
      publicKey.length === spki.length / 2 + 2 * fieldBytes &&
      hexFromBytes(publicKey.subarray(0, spki.length / 2)) === spki,
  )

/** True for the SubjectPublicKeyInfo of a point on P-256, P-384 or P-521. */
export const isEcdsaKey = (publicKey: Uint8Array): boolean => curveOf(publicKey) !== undefined

/**
 * ECDSA (FIPS 186-5) with the digest that goes with the curve. publicKey: SubjectPublicKeyInfo; signature: DER (RFC 3279 §2.2.3).
 * False for all that cannot be read.
 */
export async function verifyEcdsa(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  const curve = curveOf(publicKey)
  const raw = curve && rawSignature(signature, curve.fieldBytes)
  if (curve === undefined || !raw) return false
  try {
    const algorithm = { name: 'ECDSA', namedCurve: curve.namedCurve }
    const key = await crypto.subtle.importKey('spki', owned(publicKey), algorithm, false, ['verify'])
    return await crypto.subtle.verify({ name: 'ECDSA', hash: curve.hash }, key, raw, owned(message))
  } catch {
    return false
  }
}

/** r ‖ s, `fieldBytes` each, of SEQUENCE { INTEGER r, INTEGER s } in strict DER; null for anything else. */
export function rawSignature(der: Uint8Array, fieldBytes: number): Uint8Array<ArrayBuffer> | null {
  // Two integers of at most 67 bytes: a length takes one byte up to 127, and two beyond.
  const isLong = der[1] === 0x81
  const from = isLong ? 3 : 2
  const length = der[isLong ? 2 : 1] ?? 0
  if (der[0] !== 0x30 || length !== der.length - from || isLong !== length > 127) return null
  const r = integerAt(der, from, fieldBytes)
  const s = r === null ? null : integerAt(der, r.end, fieldBytes)
  if (r === null || s?.end !== der.length) return null
  const raw = new Uint8Array(2 * fieldBytes)
  raw.set(r.value, fieldBytes - r.value.length)
  raw.set(s.value, 2 * fieldBytes - s.value.length)
  return raw
}

/** A positive INTEGER that fits into a field, without its leading zero. */
function integerAt(der: Uint8Array, at: number, fieldBytes: number): { value: Uint8Array; end: number } | null {
  const length = der[at + 1] ?? 0
  const end = at + 2 + length
  const [first = 0, second = 0] = der.subarray(at + 2, end)
  const isPadded = first === 0
  const isMinimal = !isPadded || (length > 1 && second >= 0x80)
  if (der[at] !== 0x02 || length === 0 || end > der.length || first >= 0x80 || !isMinimal) return null
  const value = der.subarray(at + (isPadded ? 3 : 2), end)
  return value.length <= fieldBytes ? { value, end } : null
}
