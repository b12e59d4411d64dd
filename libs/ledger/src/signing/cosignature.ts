import { sign } from 'node:crypto'
import { crypto } from '@sigstore/core'
import { ledgerError } from '../errors.js'
import { isSameKey, type WitnessSigner, type WitnessVerifier } from './log-key.js'
import { parseNote } from './signed-note.js'

/** A witness's word that, at this time, this was the largest head of the log it had seen, grown from all before. */
export interface Cosignature {
  readonly witness: WitnessVerifier
  /** To the second. */
  readonly at: Date
}

const SIGNATURE_BYTES = 64
const TIME_BYTES = 8

/** What is signed (C2SP tlog-cosignature, Ed25519): domain, time, and the whole text of the checkpoint. */
const messageOf = (text: string, seconds: bigint): Buffer => Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`)

/** The note with one signature line more. The caller MUST have verified the checkpoint and its growth before. */
export function cosign(note: string, signer: WitnessSigner, at: Date): string {
  const { text } = parseNote(note)
  const seconds = BigInt(Math.floor(at.getTime() / 1000))
  const time = Buffer.alloc(TIME_BYTES)
  time.writeBigUInt64BE(seconds)
  const signature = sign(null, messageOf(text, seconds), signer.privateKey)
  const blob = Buffer.concat([Buffer.from(signer.id, 'hex'), time, signature])
  return `${note}— ${signer.name} ${blob.toString('base64')}\n`
}

/**
 * Which of `trusted` cosigned, and when. Lines of others are ignored; a wrong one under a trusted key condemns the note.
 *
 * @throws DomainError NOTE_MALFORMED, SIGNATURE_INVALID. No cosignature at all is an empty answer, not an error.
 */
export function verifyCosignatures(note: string, trusted: readonly WitnessVerifier[]): Cosignature[] {
  const { text, signatures } = parseNote(note)
  return signatures.flatMap((line) =>
    trusted
      .filter((witness) => isSameKey(witness, line))
      .map((witness) => ({ witness, at: verifiedTime(text, line.signature, witness) })),
  )
}

function verifiedTime(text: string, blob: Buffer, witness: WitnessVerifier): Date {
  const seconds = blob.length === TIME_BYTES + SIGNATURE_BYTES ? blob.readBigUInt64BE() : undefined
  const isValid =
    seconds !== undefined && crypto.verify(messageOf(text, seconds), witness.publicKey, blob.subarray(TIME_BYTES))
  if (!isValid)
    throw ledgerError('SIGNATURE_INVALID', `The cosignature by ${witness.name} is not over this checkpoint.`, 'note')
  return new Date(Number(seconds) * 1000)
}
