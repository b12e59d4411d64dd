import { createHash } from 'node:crypto'
import { lockName, recordEntries, type Tx } from '@lethe/db'
import { DomainError, type EvidenceEntry } from '@lethe/domain'
import { canonicalJson, statementOf } from '@lethe/ledger'
import type { Scope } from '../context.js'

/** What a mutation did: the id of what it made or changed, and what goes on record with it. */
export interface Effect {
  readonly id: string
  readonly evidence: readonly EvidenceEntry[]
  /** In the viewer's words; kept beside the evidence, in the tenant's tables. */
  readonly reason?: string
}

const keyPattern = /^[\x21-\x7e]{1,128}$/

/**
 * One mutation in one transaction: its rows, evidence and messages commit together or not at all. The same key with the
 * same input has its effect once, and gives the same id again for as long as the key is kept.
 *
 * @throws DomainError IDEMPOTENCY_CONFLICT when the key was used for something else, IDEMPOTENCY_KEY_INVALID
 */
export async function runOnce<Input extends { idempotencyKey: string }>(
  scope: Scope,
  operation: string,
  input: Input,
  effect: (tx: Tx, now: Date) => Promise<Effect>,
): Promise<string> {
  const { idempotencyKey: key, ...rest } = input
  if (!keyPattern.test(key))
    throw new DomainError(
      'IDEMPOTENCY_KEY_INVALID',
      'Send 1 to 128 printable characters without spaces, a new one for each thing you want done.',
      'input.idempotencyKey',
    )
  const requestDigest = digestOfInput(operation, rest)
  const { tenantId, viewer } = scope
  const id = await scope.db.$transaction(async (tx) => {
    await lockName(tx, `idempotency:${viewer.userId}:${key}`)
    const where = { tenantId_userId_key: { tenantId, userId: viewer.userId, key } }
    const earlier = await tx.idempotencyKey.findUnique({ where })
    if (earlier) {
      if (earlier.operation === operation && earlier.requestDigest === requestDigest) return earlier.resultId
      throw new DomainError(
        'IDEMPOTENCY_CONFLICT',
        'This key was used with another input; send a new key.',
        'input.idempotencyKey',
      )
    }
    const now = scope.now()
    const { id, evidence, reason } = await effect(tx, now)
    await tx.idempotencyKey.create({
      data: { tenantId, userId: viewer.userId, key, operation, requestDigest, resultId: id, createdAt: now },
    })
    // Last: from here to the commit other appenders of the tenant wait.
    const numbers = await recordEntries(tx, { tenantId, entries: evidence, now }, statementOf)
    await tx.evidenceAuthor.createMany({
      data: numbers.map((seq) => ({ tenantId, seq, userId: viewer.userId, reason: reason || null })),
    })
    return id
  })
  // What was read before the mutation may have changed by it.
  for (const loader of Object.values(scope.loaders)) loader.clearAll()
  return id
}

const digestOfInput = (operation: string, input: object): string => {
  const plain = JSON.parse(JSON.stringify({ operation, input })) as Record<string, unknown>
  return createHash('sha256').update(canonicalJson(plain)).digest('hex')
}
