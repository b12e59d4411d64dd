import { announce, lockErasureRequest, moveErasureRequest, newId, pauseForIdentity, type Tx } from '@lethe/db'
import { assertMayTake, DomainError, type ErasureState, type EvidenceEntry, MailLocale } from '@lethe/domain'
import { z } from 'zod'
import type { Scope } from '../../context.js'
import { parseInput } from '../../graphql/parse-input.js'
import { type Mailing, runOnce } from '../../graphql/run-once.js'
import { hashOfToken, newSecretToken } from '../../identity/secret-token.js'
import { findRequest } from '../erasure/find-request.js'
import { challengeEvidence } from './challenge-evidence.js'

/** A link is good for so long. */
export const challengeDays = 7
/** So many links are mailed for one request in a day, to whatever address. */
const mostADay = 5
const dayMs = 86_400_000

const NewChallenge = z.object({
  email: z.email().max(254),
  locale: MailLocale,
  reason: z.string().trim().max(500),
  inDoubt: z.boolean(),
})

export interface SendIdentityChallenge extends z.input<typeof NewChallenge> {
  readonly idempotencyKey: string
  readonly erasureRequestId: string
}

/**
 * Mails a link to the person whom a request is about; it takes the place of one that is pending. The mail leaves once the
 * link holds, and goes on record once the mail server has it. When it does not go out, the check has begun, no link is
 * pending, and another can be sent.
 *
 * @returns the request's id
 * @throws DomainError INVALID_INPUT, NOT_FOUND, ILLEGAL_TRANSITION, CHALLENGE_TOO_MANY, TOO_MANY_MAILS, MAIL_REFUSED,
 * MAIL_UNREACHABLE
 */
export function sendIdentityChallenge(scope: Scope, input: SendIdentityChallenge): Promise<string> {
  const { tenantId, services, viewer } = scope
  const { email, locale, reason, inDoubt } = parseInput(NewChallenge, input, 'input')
  const { idempotencyKey, erasureRequestId } = input
  // What is kept of the input, for a repeat, must not be a hash of an address.
  const kept = { idempotencyKey, erasureRequestId, locale, reason, inDoubt }
  const known = { ...kept, to: services.commitToName({ tenantId, name: email.toLowerCase() }) }
  return runOnce(scope, 'sendIdentityChallenge', known, async (tx, now) => {
    const { id, number, receivedAt } = await findRequest(tx, scope, erasureRequestId)
    await lockErasureRequest(tx, tenantId, id)
    await assertFew(tx, id, now)
    const begun = await beginCheck(tx, scope, { id, inDoubt, now })
    await settleOpen(tx, { tenantId, requestId: id, now })
    const token = newSecretToken()
    const expiresAt = new Date(now.getTime() + challengeDays * dayMs)
    const challenge = { id: newId(now.getTime()), tenantId, requestId: id, expiresAt }
    await tx.identityChallenge.create({
      data: { ...challenge, tokenHash: hashOfToken(token), sentBy: viewer.userId, sentAt: now },
    })
    await announce(tx, { tenantId, aggregate: 'erasure-request', id, now })
    const { name: tenant, timeZone } = await tx.tenant.findFirstOrThrow({ select: { name: true, timeZone: true } })
    const day = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone }).format(receivedAt)
    const link = `${services.portalUrl}/confirm-request#token=${token}`
    const content = { kind: 'identity-challenge', link, tenant, number, day, days: challengeDays } as const
    await services.postman.admit(email)
    const mail: Mailing = {
      send: () => services.postman.deliver(email, locale, content),
      sent: () => [challengeEvidence('sent', challenge, services.commitToPerson(viewer))],
      unsent: async (tx, now) => {
        await tx.identityChallenge.updateMany({
          where: { id: challenge.id, outcome: null },
          data: { outcome: 'UNSENT', settledAt: now },
        })
        await announce(tx, { tenantId, aggregate: 'erasure-request', id, now })
      },
    }
    return { id, evidence: begun, reason, mail }
  })
}

/** Takes a pending link back. @throws DomainError NOT_FOUND, CHALLENGE_NOT_PENDING */
export const cancelIdentityChallenge = (
  scope: Scope,
  input: { idempotencyKey: string; erasureRequestId: string },
): Promise<string> =>
  runOnce(scope, 'cancelIdentityChallenge', input, async (tx, now) => {
    const { tenantId, services, viewer } = scope
    const { id } = await findRequest(tx, scope, input.erasureRequestId)
    await lockErasureRequest(tx, tenantId, id)
    const pending = await tx.identityChallenge.findFirst({
      where: { requestId: id, outcome: null, expiresAt: { gt: now } },
    })
    if (pending === null)
      throw new DomainError(
        'CHALLENGE_NOT_PENDING',
        'No link is pending: it was answered, taken back, or has expired; send a new one.',
        'input.erasureRequestId',
      )
    await settleOpen(tx, { tenantId, requestId: id, now })
    await announce(tx, { tenantId, aggregate: 'erasure-request', id, now })
    return { id, evidence: [challengeEvidence('cancelled', pending, services.commitToPerson(viewer))] }
  })

const settleOpen = (tx: Tx, { tenantId, requestId, now }: { tenantId: string; requestId: string; now: Date }) =>
  tx.identityChallenge.updateMany({
    where: { tenantId, requestId, outcome: null },
    data: { outcome: 'CANCELLED', settledAt: now },
  })

async function assertFew(tx: Tx, requestId: string, now: Date): Promise<void> {
  const sentAt = { gt: new Date(now.getTime() - dayMs) }
  const where = { requestId, sentAt, OR: [{ outcome: null }, { outcome: { not: 'UNSENT' } }] }
  if ((await tx.identityChallenge.count({ where })) < mostADay) return
  throw new DomainError(
    'CHALLENGE_TOO_MANY',
    `At most ${mostADay} links are mailed for a request in a day; wait, or confirm identity otherwise.`,
    'input.erasureRequestId',
  )
}

/** The request waits for the answer; a check that began by another way goes on by this one. */
async function beginCheck(
  tx: Tx,
  { tenantId, services, viewer }: Scope,
  { id, inDoubt, now }: { id: string; inDoubt: boolean; now: Date },
): Promise<EvidenceEntry[]> {
  const where = { tenantId_id: { tenantId, id } }
  const { state } = await tx.erasureRequest.findUniqueOrThrow({ where })
  assertMayTake('sendIdentityChallenge', state as ErasureState)
  const isFirst = state === 'RECEIVED'
  if (isFirst) await moveErasureRequest(tx, { tenantId, requestId: id, to: 'IDENTITY_PENDING', now })
  await tx.erasureRequest.update({ where, data: { identityMethod: 'MAIL_CHALLENGE' } })
  const paused = inDoubt ? await pauseForIdentity(tx, { tenantId, requestId: id, now }) : null
  const begun: EvidenceEntry = {
    kind: 'identity-check-begun/v1',
    subjects: [],
    erasureRequestId: id,
    predicate: {
      method: 'MAIL_CHALLENGE',
      inDoubt,
      clockPaused: paused !== null,
      begunBy: services.commitToPerson(viewer),
    },
  }
  return [...(isFirst || paused !== null ? [begun] : []), ...(paused?.evidence ?? [])]
}
