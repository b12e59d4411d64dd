import { sign } from 'node:crypto'
import { crypto } from '@sigstore/core'
import { ledgerError } from '../errors.js'
import { bytesFromBase64 } from './base64.js'
import { isKeyName, isSameKey, type LogSigner, type LogVerifier } from './log-key.js'

/** C2SP signed-note v1: text, an empty line, then one line per signature. */
export interface SignedNote {
  /** Ends in a newline; exactly what is signed. */
  readonly text: string
  readonly signatures: readonly NoteSignature[]
}

export interface NoteSignature {
  readonly name: string
  /** Key id in lower-case hex. */
  readonly id: string
  readonly signature: Buffer
}

const MAX_NOTE_CHARS = 1_000_000
const MAX_SIGNATURES = 100
const KEY_ID_BYTES = 4

/** `text` ends in a newline and may hold empty lines. Ed25519 needs no randomness: the same note every time. */
export function signNote(text: string, signers: readonly [LogSigner, ...LogSigner[]]): string {
  if (!text.endsWith('\n') || !isNoteText(text)) {
    throw ledgerError(
      'NOTE_MALFORMED',
      'The text of a note ends in a newline and holds no other control character.',
      'text',
    )
  }
  const lines = signers.map(({ name, id, privateKey }) => {
    const signature = sign(null, Buffer.from(text), privateKey)
    return `— ${name} ${Buffer.concat([Buffer.from(id, 'hex'), signature]).toString('base64')}\n`
  })
  return `${text}\n${lines.join('')}`
}

/** Reads the form only. Nothing in it may be believed before {@link verifyNote}. @throws DomainError NOTE_MALFORMED. */
export function parseNote(note: string): SignedNote {
  if (note.length > MAX_NOTE_CHARS || !isNoteText(note)) {
    throw ledgerError(
      'NOTE_MALFORMED',
      'A note is text of at most 1,000,000 characters without control characters.',
      'note',
    )
  }
  const gap = note.lastIndexOf('\n\n')
  if (gap === -1 || !note.endsWith('\n')) {
    throw ledgerError(
      'NOTE_MALFORMED',
      'A note is a text, an empty line and signature lines, each ended by a newline.',
      'note',
    )
  }
  const lines = note.slice(gap + 2, -1).split('\n')
  if (lines.length > MAX_SIGNATURES) {
    throw ledgerError('NOTE_MALFORMED', `A note has at most ${MAX_SIGNATURES} signatures, not ${lines.length}.`, 'note')
  }
  return { text: note.slice(0, gap + 1), signatures: lines.map(parseSignatureLine) }
}

/**
 * The note, and which of `trusted` signed it (at least one). Signatures by other keys are ignored, so that logs can
 * rotate keys and witnesses can cosign; a wrong signature under a trusted key condemns the whole note.
 */
export function verifyNote(
  note: string,
  trusted: readonly LogVerifier[],
): SignedNote & { readonly signedBy: readonly LogVerifier[] } {
  const parsed = parseNote(note)
  const signedBy = new Set<LogVerifier>()
  for (const line of parsed.signatures) {
    for (const key of trusted.filter((candidate) => isSameKey(candidate, line))) {
      if (!crypto.verify(Buffer.from(parsed.text), key.publicKey, line.signature)) {
        throw ledgerError(
          'SIGNATURE_INVALID',
          `The signature by ${key.name} is not over this text: text or signature was changed.`,
          'note',
        )
      }
      signedBy.add(key)
    }
  }
  if (signedBy.size === 0) throw ledgerError('UNTRUSTED', 'No trusted key signed this note.', 'note')
  return { ...parsed, signedBy: [...signedBy] }
}

function parseSignatureLine(line: string): NoteSignature {
  const [, name = '', encoded = ''] = /^— (\S+) (\S+)$/u.exec(line) ?? []
  const bytes = bytesFromBase64(encoded)
  if (!isKeyName(name) || bytes === undefined || bytes.length <= KEY_ID_BYTES) {
    throw ledgerError(
      'NOTE_MALFORMED',
      'A signature line reads: em dash, key name, base64 of key id and signature.',
      'note',
    )
  }
  return { name, id: bytes.subarray(0, KEY_ID_BYTES).toString('hex'), signature: bytes.subarray(KEY_ID_BYTES) }
}

/** Well-formed Unicode and no ASCII control character but newline. */
function isNoteText(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- control characters are exactly what a note must not hold
  return !/[\u0000-\u0009\u000b-\u001f]/.test(text) && !/\p{Cs}/u.test(text)
}
