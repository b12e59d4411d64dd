import type { LogCheckpoint, Tx } from '@lethe/db'
import { DomainError } from '@lethe/domain'
import { encodeVerifier, verifyLogCheckpoint, type LogSigner, type LogVerifier } from '@lethe/ledger'
import { recordEvidence } from '../record-evidence.js'

/**
 * When another key than the one at hand signed the newest checkpoint, puts the change on record, so that it is the first
 * thing under the new key. Changes nothing otherwise. To be called under the lock of integration.
 *
 * @throws DomainError LOG_KEY_UNKNOWN when that key is none of `previousKeys`: then nothing is signed
 */
export async function recordRotation(
  tx: Tx,
  input: {
    tenantId: string
    newest: LogCheckpoint | null
    signer: LogSigner
    previousKeys: readonly LogVerifier[]
    now: Date
  },
): Promise<void> {
  const { tenantId, newest, signer, previousKeys, now } = input
  if (newest === null || newest.keyId === signer.id) return
  const previous = previousKeys.find(({ id }) => id === newest.keyId)
  if (previous === undefined)
    throw new DomainError(
      'LOG_KEY_UNKNOWN',
      `The log of tenant ${tenantId} was signed by the key ${newest.keyId} up to ${newest.size} entries. Name its public half in LOG_PREVIOUS_PUBLIC_KEYS (or give back its key, or LOG_HOST); nothing is signed until then.`,
      'LOG_PREVIOUS_PUBLIC_KEYS',
    )
  verifyLogCheckpoint(newest.note, [previous])
  await recordEvidence(tx, {
    tenantId,
    entries: [
      {
        kind: 'log-key-rotated/v1',
        subjects: [],
        predicate: {
          previous: encodeVerifier(previous),
          next: encodeVerifier(signer),
          sizeUnderPrevious: Number(newest.size),
        },
      },
    ],
    now,
  })
}
