import { ledgerError } from '../errors.js'
import { HASH_BYTES } from '../tree/hash.js'
import { bytesFromBase64 } from './base64.js'
import type { LogSigner, LogVerifier } from './log-key.js'
import { parseNote, signNote, verifyNote } from './signed-note.js'

/** Head of one tenant's log at one size (C2SP tlog-checkpoint). */
export interface LogCheckpoint {
  /** Which log: a schema-less URL, equal to the name of the key that signs. */
  readonly origin: string
  /** Leaves in the tree. */
  readonly size: number
  readonly root: Uint8Array
}

/** Origin of a tenant's log, and so the name of its key. `host`: whoever runs the platform. */
export const logOrigin = (host: string, tenantId: string): string => `${host}/log/${tenantId}`

/**
 * A signed note. The caller MUST NOT sign a head that does not contain every head it signed before; whoever
 * integrates keeps to that by signing only what {@link integrate} returns for a frontier it stored.
 */
export function signLogCheckpoint(checkpoint: LogCheckpoint, signer: LogSigner): string {
  const { origin, size, root } = checkpoint
  if (signer.name !== origin) {
    throw ledgerError(
      'CHECKPOINT_MALFORMED',
      `The log ${origin} is signed by a key of that name, not by ${signer.name}.`,
      'origin',
    )
  }
  if (!Number.isSafeInteger(size) || size < 0 || root.length !== HASH_BYTES) {
    throw ledgerError(
      'CHECKPOINT_MALFORMED',
      `A checkpoint has a whole size from 0 up and a root of ${HASH_BYTES} bytes.`,
      'size',
    )
  }
  return signNote(`${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`, [signer])
}

/** What the note says, not whether it is true. @throws DomainError NOTE_MALFORMED or CHECKPOINT_MALFORMED. */
export const parseLogCheckpoint = (note: string): LogCheckpoint => checkpointFromText(parseNote(note).text)

/**
 * The checkpoint, when a trusted key of the log itself (named like its origin) signed it. Trust comes from the caller:
 * keys found beside the note prove nothing. Witnesses alone do not suffice.
 */
export function verifyLogCheckpoint(note: string, trusted: readonly LogVerifier[]): LogCheckpoint {
  const { text, signedBy } = verifyNote(note, trusted)
  const checkpoint = checkpointFromText(text)
  if (!signedBy.some((key) => key.name === checkpoint.origin)) {
    throw ledgerError('UNTRUSTED', `No trusted key of the log ${checkpoint.origin} signed this checkpoint.`, 'note')
  }
  return checkpoint
}

/** Lines after the third are extensions: signed, allowed, never written or read here. */
function checkpointFromText(text: string): LogCheckpoint {
  const lines = text.slice(0, -1).split('\n')
  const [origin = '', sizeLine = '', rootLine = ''] = lines
  if (lines.length < 3 || lines.some((line) => line === '')) {
    throw ledgerError(
      'CHECKPOINT_MALFORMED',
      'A checkpoint has an origin, a size and a root, one a line, and no empty line.',
      'note',
    )
  }
  const size = Number(sizeLine)
  if (!/^(0|[1-9][0-9]*)$/.test(sizeLine) || !Number.isSafeInteger(size)) {
    throw ledgerError(
      'CHECKPOINT_MALFORMED',
      'The size is a decimal number without leading zeroes, below 2^53.',
      'size',
    )
  }
  const root = bytesFromBase64(rootLine)
  if (root?.length !== HASH_BYTES) {
    throw ledgerError('CHECKPOINT_MALFORMED', `The root is the base64 of ${HASH_BYTES} bytes.`, 'root')
  }
  return { origin, size, root }
}
