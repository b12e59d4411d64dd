import { sign } from 'node:crypto'
import { crypto, dsse } from '@sigstore/core'
import { z } from 'zod'
import { ledgerError } from '../errors.js'
import { parseStatement, type Statement } from '../statement/statement.js'
import { bytesFromBase64 } from './base64.js'
import type { LogSigner, LogVerifier } from './log-key.js'

const PAYLOAD_TYPE = 'application/vnd.in-toto+json'
const MAX_SIGNATURES = 16

const Envelope = z.object({
  payloadType: z.literal(PAYLOAD_TYPE),
  /** Base64 of the statement body. */
  payload: z.string(),
  signatures: z
    .array(z.object({ keyid: z.string(), sig: z.string() }))
    .min(1)
    .max(MAX_SIGNATURES),
})
/** DSSE v1 around an in-toto statement. */
export type Envelope = z.infer<typeof Envelope>

/** How an envelope names a key: `name+id`. A hint only; DSSE makes no claim about it. */
export const keyHint = ({ name, id }: LogVerifier): string => `${name}+${id}`

/** `body`: what `statementOf` returned. */
export function signStatement(body: string, signer: LogSigner): Envelope {
  parseStatement(body)
  return signBody(body, signer)
}

/** Signs any in-toto statement; what it says is the caller's to judge. */
export function signBody(body: string, signer: LogSigner): Envelope {
  const payload = Buffer.from(body)
  const signature = sign(null, dsse.preAuthEncoding(PAYLOAD_TYPE, payload), signer.privateKey)
  return {
    payloadType: PAYLOAD_TYPE,
    payload: payload.toString('base64'),
    signatures: [{ keyid: keyHint(signer), sig: signature.toString('base64') }],
  }
}

/** The statement, when at least one of `trusted` signed it. @throws as `openEnvelope`, and as `parseStatement`. */
export function verifyEnvelope(
  envelope: unknown,
  trusted: readonly LogVerifier[],
): { body: string; statement: Statement } {
  const body = openEnvelope(envelope, trusted)
  return { body, statement: parseStatement(body) }
}

/**
 * The signed text, when at least one of `trusted` signed it. Signatures by other keys are ignored; a wrong one under the
 * hint of a trusted key condemns the envelope.
 * @throws DomainError ENVELOPE_MALFORMED, SIGNATURE_INVALID, UNTRUSTED.
 */
export function openEnvelope(envelope: unknown, trusted: readonly LogVerifier[]): string {
  const parsed = Envelope.safeParse(envelope)
  const payload = parsed.success ? bytesFromBase64(parsed.data.payload) : undefined
  if (!parsed.success || payload === undefined) {
    throw ledgerError(
      'ENVELOPE_MALFORMED',
      'An envelope has a payload of type in-toto in base64 and at least one signature.',
      'envelope',
    )
  }
  const signed = dsse.preAuthEncoding(PAYLOAD_TYPE, payload)
  let verified = 0
  for (const { keyid, sig } of parsed.data.signatures) {
    for (const key of trusted.filter((candidate) => keyHint(candidate) === keyid)) {
      const signature = bytesFromBase64(sig)
      if (signature === undefined || !crypto.verify(signed, key.publicKey, signature)) {
        throw ledgerError(
          'SIGNATURE_INVALID',
          `The signature by ${key.name} is not over this statement.`,
          'envelope.signatures',
        )
      }
      verified += 1
    }
  }
  if (verified === 0) throw ledgerError('UNTRUSTED', 'No trusted key signed this statement.', 'envelope.signatures')
  return payload.toString('utf8')
}
