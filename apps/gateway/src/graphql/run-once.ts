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
  readonly mail?: Mailing
}

/** A mail about what was done: it leaves once that is committed, and no transaction waits for the mail server. */
export interface Mailing {
  /** @throws DomainError MAIL_REFUSED, MAIL_UNREACHABLE */
  readonly send: () => Promise<void>
  /** What goes on record only once the mail server has the mail. */
  readonly sent?: () => readonly EvidenceEntry[]
  /** Settles the tenant's rows when the mail did not go out. */
  readonly unsent?: (tx: Tx, now: Date) => Promise<void>
  /** Undoes what lies in another store; called also when the transaction itself failed. */
  readonly undo?: () => Promise<void>
}

/** A mutation whose mail has not been settled after so long was broken off, and is done anew by a repeat. */
const brokenOffMs = 5 * 60_000
const mailing = (operation: string) => `${operation}:mailing`

const keyPattern = /^[\x21-\x7e]{1,128}$/

/**
 * One mutation in one transaction: its rows, evidence and messages commit together or not at all. The same key with the
 * same input has its effect once, and gives the same id again for as long as the key is kept. A mail leaves after the
 * commit; when it does not go out, the key is free again, so that the same call tries again.
 *
 * @throws DomainError IDEMPOTENCY_CONFLICT when the key was used for something else, IDEMPOTENCY_KEY_INVALID,
 * MAIL_UNDERWAY for a repeat while its mail is being sent
 */
export async function runOnce<Input extends { idempotencyKey: string }>(
  scope: Scope,
  operation: string,
  input: Input,
  perform: (tx: Tx, now: Date) => Promise<Effect>,
): Promise<string> {
  const { idempotencyKey: key, ...rest } = input
  if (!keyPattern.test(key))
    throw new DomainError(
      'IDEMPOTENCY_KEY_INVALID',
      'Send 1 to 128 printable characters without spaces, a new one for each thing you want done.',
      'input.idempotencyKey',
    )
  const { tenantId, viewer } = scope
  const call: Call = {
    where: { tenantId, userId: viewer.userId, key },
    operation,
    requestDigest: digestOfInput(operation, rest),
  }
  let mail: Mailing | undefined
  const work = scope.db.$transaction(async (tx) => {
    await lockName(tx, `idempotency:${viewer.userId}:${key}`)
    const now = scope.now()
    const earlier = await settledBefore(tx, call, now)
    if (earlier !== null) return earlier
    const effect = await perform(tx, now)
    mail = effect.mail
    await keepKey(tx, call, { operation: mail ? mailing(operation) : operation, resultId: effect.id, createdAt: now })
    await record(tx, scope, effect, now)
    return effect
  })
  const done = await work.catch(async (error: unknown) => {
    await mail?.undo?.()
    throw error
  })
  // What was read before the mutation may have changed by it.
  const forget = () => {
    for (const loader of Object.values(scope.loaders)) loader.clearAll()
  }
  forget()
  if (mail) await deliver(scope, call, { ...done, mail }).finally(forget)
  return done.id
}

/** One call of a mutation, as its key remembers it. */
interface Call {
  readonly where: { readonly tenantId: string; readonly userId: string; readonly key: string }
  readonly operation: string
  readonly requestDigest: string
}

/** What an earlier call with this key did; null when there was none, or its mail was broken off. */
async function settledBefore(
  tx: Tx,
  { where, operation, requestDigest }: Call,
  now: Date,
): Promise<{ readonly id: string } | null> {
  const earlier = await tx.idempotencyKey.findUnique({ where: { tenantId_userId_key: where } })
  if (earlier === null) return null
  const isMailing = earlier.operation === mailing(operation)
  if (earlier.requestDigest !== requestDigest || (earlier.operation !== operation && !isMailing))
    throw new DomainError(
      'IDEMPOTENCY_CONFLICT',
      'This key was used with another input; send a new key.',
      'input.idempotencyKey',
    )
  if (!isMailing) return { id: earlier.resultId }
  if (now.getTime() - earlier.createdAt.getTime() < brokenOffMs)
    throw new DomainError(
      'MAIL_UNDERWAY',
      'The mail of this call is being sent; look again in a minute, and repeat the call in five if it was broken off.',
      'input.idempotencyKey',
    )
  await tx.idempotencyKey.deleteMany({ where })
  return null
}

const keepKey = (
  tx: Tx,
  { where, requestDigest }: Call,
  data: { operation: string; resultId: string; createdAt: Date },
) => tx.idempotencyKey.create({ data: { ...where, requestDigest, ...data } })

/** Last in a transaction: from here to the commit other appenders of the tenant wait. */
async function record(
  tx: Tx,
  { tenantId, viewer }: Scope,
  { evidence, reason }: Pick<Effect, 'evidence' | 'reason'>,
  now: Date,
): Promise<void> {
  const numbers = await recordEntries(tx, { tenantId, entries: evidence, now }, statementOf)
  await tx.evidenceAuthor.createMany({
    data: numbers.map((seq) => ({ tenantId, seq, userId: viewer.userId, reason: reason || null })),
  })
}

/** @throws DomainError MAIL_REFUSED, MAIL_UNREACHABLE: then nothing is left that waits for the mail, and the key is free */
async function deliver(
  scope: Scope,
  call: Call,
  { id, mail, ...effect }: { id: string; mail: Mailing } & Partial<Effect>,
): Promise<void> {
  const settle = (work: (tx: Tx, now: Date) => Promise<void>) =>
    scope.db.$transaction(async (tx) => {
      await tx.idempotencyKey.deleteMany({ where: call.where })
      await work(tx, scope.now())
    })
  try {
    await mail.send()
  } catch (error) {
    await mail.undo?.()
    await settle(async (tx, now) => mail.unsent?.(tx, now))
    throw error
  }
  await settle(async (tx, now) => {
    await keepKey(tx, call, { operation: call.operation, resultId: id, createdAt: now })
    await record(tx, scope, { ...effect, evidence: mail.sent?.() ?? [] }, now)
  })
}

const digestOfInput = (operation: string, input: object): string => {
  const plain = JSON.parse(JSON.stringify({ operation, input })) as Record<string, unknown>
  return createHash('sha256').update(canonicalJson(plain)).digest('hex')
}
