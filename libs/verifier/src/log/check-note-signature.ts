import { verifyEd25519 } from '../crypto/signatures.js'
import type { VerifierKey } from '../trust/verifier-key.js'
import type { SignedNote } from './signed-note.js'

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const TIMESTAMP_BYTES = 8

export type SignatureOutcome = 'valid' | 'invalid' | 'absent'

/** Whether this key signed the note. One wrong signature under its name and id condemns the note. */
export async function checkNoteSignature(
  { text, signatures }: SignedNote,
  key: VerifierKey,
): Promise<SignatureOutcome> {
  const own = signatures.filter(({ name, id }) => name === key.name && id === key.id)
  for (const { bytes } of own) if (!(await verifyEd25519(key.publicKey, utf8(text), bytes))) return 'invalid'
  return own.length === 0 ? 'absent' : 'valid'
}

export interface Cosignature {
  readonly outcome: SignatureOutcome
  /** When the witness saw this head, in seconds since 1970; null unless the cosignature is valid. */
  readonly seenAt: number | null
}

/** Whether this witness cosigned (C2SP tlog-cosignature, cosignature/v1): a time, then a signature over it and the note. */
export async function checkCosignature({ text, signatures }: SignedNote, key: VerifierKey): Promise<Cosignature> {
  const own = signatures.filter(({ name, id }) => name === key.name && id === key.id)
  let seenAt: number | null = null
  for (const { bytes } of own) {
    if (bytes.length <= TIMESTAMP_BYTES) return { outcome: 'invalid', seenAt: null }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const time = view.getBigUint64(0)
    const message = utf8(`cosignature/v1\ntime ${time}\n${text}`)
    if (!(await verifyEd25519(key.publicKey, message, bytes.subarray(TIMESTAMP_BYTES))))
      return { outcome: 'invalid', seenAt: null }
    seenAt = Number(time)
  }
  return { outcome: own.length === 0 ? 'absent' : 'valid', seenAt }
}
