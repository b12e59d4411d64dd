import { z } from 'zod'
import { verifyEd25519 } from '../crypto/signatures.js'
import { bytesFromBase64 } from '../encoding/base64.js'
import { keyHint, type VerifierKey } from '../trust/verifier-key.js'

/** Of an in-toto statement. */
const PAYLOAD_TYPE = 'application/vnd.in-toto+json'

const Signature = z.strictObject({ keyid: z.string(), sig: z.string() })
const Envelope = z.strictObject({
  payloadType: z.string(),
  payload: z.string(),
  signatures: z.array(Signature).min(1).max(16),
})

/** DSSE v1. */
export interface DsseEnvelope {
  readonly payloadType: string
  readonly payload: Uint8Array
  readonly signatures: readonly { readonly keyid: string; readonly signature: Uint8Array }[]
}

/** Null where the value is no envelope around this type, or its base64 is not the one that its bytes have. */
export function parseEnvelope(value: unknown, payloadType = PAYLOAD_TYPE): DsseEnvelope | null {
  const parsed = Envelope.safeParse(value)
  const payload = bytesFromBase64(parsed.data?.payload ?? '?')
  const signatures = (parsed.data?.signatures ?? []).map(({ keyid, sig }) => ({
    keyid,
    signature: bytesFromBase64(sig),
  }))
  if (parsed.data?.payloadType !== payloadType || payload === null) return null
  if (signatures.some(({ signature }) => signature === null)) return null
  return { payloadType, payload, signatures: signatures as DsseEnvelope['signatures'] }
}

/** DSSE v1 pre-authentication encoding: what is signed. */
export function preAuthEncoding(payload: Uint8Array, payloadType = PAYLOAD_TYPE): Uint8Array {
  const head = new TextEncoder().encode(`DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `)
  const whole = new Uint8Array(head.length + payload.length)
  whole.set(head)
  whole.set(payload, head.length)
  return whole
}

/**
 * Whether one of these keys signed. A signature by another key says nothing; a wrong one under the name of one of these
 * condemns the envelope.
 */
export async function checkEnvelope(
  { payloadType, payload, signatures }: DsseEnvelope,
  keys: readonly VerifierKey[],
): Promise<'valid' | 'invalid' | 'untrusted'> {
  const signed = preAuthEncoding(payload, payloadType)
  let valid = 0
  for (const { keyid, signature } of signatures)
    for (const key of keys.filter((candidate) => keyHint(candidate) === keyid)) {
      if (!(await verifyEd25519(key.publicKey, signed, signature))) return 'invalid'
      valid += 1
    }
  return valid > 0 ? 'valid' : 'untrusted'
}
