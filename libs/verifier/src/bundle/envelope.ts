import { z } from 'zod'
import { verifyEd25519 } from '../crypto/signatures.js'
import { bytesFromBase64 } from '../encoding/base64.js'
import { keyHint, type VerifierKey } from '../trust/verifier-key.js'

const PAYLOAD_TYPE = 'application/vnd.in-toto+json'

const Signature = z.strictObject({ keyid: z.string(), sig: z.string() })
const Envelope = z.strictObject({
  payloadType: z.literal(PAYLOAD_TYPE),
  payload: z.string(),
  signatures: z.array(Signature).min(1).max(16),
})

/** DSSE v1 around an in-toto statement. */
export interface DsseEnvelope {
  readonly payload: Uint8Array
  readonly signatures: readonly { readonly keyid: string; readonly signature: Uint8Array }[]
}

/** Null where the value is no such envelope, or its base64 is not the one that its bytes have. */
export function parseEnvelope(value: unknown): DsseEnvelope | null {
  const parsed = Envelope.safeParse(value)
  const payload = bytesFromBase64(parsed.data?.payload ?? '?')
  const signatures = (parsed.data?.signatures ?? []).map(({ keyid, sig }) => ({
    keyid,
    signature: bytesFromBase64(sig),
  }))
  if (payload === null || signatures.some(({ signature }) => signature === null)) return null
  return { payload, signatures: signatures as DsseEnvelope['signatures'] }
}

/** DSSE v1 pre-authentication encoding: what is signed. */
export function preAuthEncoding(payload: Uint8Array): Uint8Array {
  const head = new TextEncoder().encode(`DSSEv1 ${PAYLOAD_TYPE.length} ${PAYLOAD_TYPE} ${payload.length} `)
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
  { payload, signatures }: DsseEnvelope,
  keys: readonly VerifierKey[],
): Promise<'valid' | 'invalid' | 'untrusted'> {
  const signed = preAuthEncoding(payload)
  let valid = 0
  for (const { keyid, signature } of signatures)
    for (const key of keys.filter((candidate) => keyHint(candidate) === keyid)) {
      if (!(await verifyEd25519(key.publicKey, signed, signature))) return 'invalid'
      valid += 1
    }
  return valid > 0 ? 'valid' : 'untrusted'
}
