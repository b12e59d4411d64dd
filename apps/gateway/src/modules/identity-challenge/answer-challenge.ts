import {
  announce,
  type Database,
  findIdentityChallenge,
  type IdentityChallenge,
  lockErasureRequest,
  moveErasureRequest,
  notify,
  recordEntries,
  resumeAfterIdentity,
  type Tx,
} from '@lethe/db'
import { DomainError, type EvidenceEntry } from '@lethe/domain'
import { statementOf } from '@lethe/ledger'
import { hashOfToken } from '../../identity/secret-token.js'
import type { Services } from '../../services.js'
import { challengeEvidence } from './challenge-evidence.js'

/** What whoever holds a link is told: who was asked what, and nothing of the person or the pictures. */
export interface OpenChallenge {
  readonly tenantName: string
  readonly number: number
  readonly receivedAt: Date
  readonly expiresAt: Date
}

/** Links as whoever holds one may use them; every one that cannot be used is refused alike. */
export interface IdentityChallenges {
  /** Changes nothing. @throws DomainError CHALLENGE_INVALID */
  read(token: string, now: Date): Promise<OpenChallenge>
  /** Once. @throws DomainError CHALLENGE_INVALID, TENANT_SUSPENDED */
  answer(token: string, answer: 'confirm' | 'decline', now: Date): Promise<void>
}

const invalid = () =>
  new DomainError('CHALLENGE_INVALID', 'This link was used, taken back or is too old; ask for a new one.', 'token')

export function identityChallengesOf({
  db,
  commitToPerson,
}: Pick<Services, 'commitToPerson'> & { readonly db: Database }): IdentityChallenges {
  const find = async (token: string) => {
    const found = await findIdentityChallenge(db, hashOfToken(token))
    if (found === null) throw invalid()
    return found
  }
  const openIn = async (tx: Tx, { id }: { id: string }, now: Date): Promise<IdentityChallenge> => {
    const open = await tx.identityChallenge.findFirst({
      where: { id, outcome: null, expiresAt: { gt: now }, request: { state: 'IDENTITY_PENDING' } },
    })
    if (open === null) throw invalid()
    return open
  }
  return {
    async read(token, now) {
      const found = await find(token)
      const client = db.forTenant(found.tenantId)
      const { requestId, expiresAt } = await openIn(client, found, now)
      const [request, tenant] = await Promise.all([
        client.erasureRequest.findFirstOrThrow({ where: { id: requestId } }),
        client.tenant.findFirstOrThrow({ select: { name: true } }),
      ])
      return { tenantName: tenant.name, number: request.number, receivedAt: request.receivedAt, expiresAt }
    },

    async answer(token, answer, now) {
      const found = await find(token)
      const { tenantId } = found
      await db.forTenant(tenantId).$transaction(async (tx) => {
        const { requestId } = await openIn(tx, found, now)
        await lockErasureRequest(tx, tenantId, requestId)
        // Two who answer at once, and an officer who decides meanwhile, are taken in one after the other.
        const challenge = await openIn(tx, found, now)
        await assertServing(tx)
        const outcome = answer === 'confirm' ? 'CONFIRMED' : 'DECLINED'
        await tx.identityChallenge.updateMany({ where: { id: found.id }, data: { outcome, settledAt: now } })
        const entries =
          answer === 'confirm' ? await confirm(tx, challenge, commitToPerson, now) : await decline(tx, challenge, now)
        await announce(tx, { tenantId, aggregate: 'erasure-request', id: requestId, now })
        await recordEntries(tx, { tenantId, entries, now }, statementOf)
      })
    },
  }
}

async function assertServing(tx: Tx): Promise<void> {
  const tenant = await tx.tenant.findFirst({ select: { suspendedAt: true } })
  if (tenant?.suspendedAt === null) return
  throw new DomainError('TENANT_SUSPENDED', 'This organisation takes no answers at present; try again later.')
}

/** The request stays as it is: an officer hears of it and decides. */
async function decline(tx: Tx, challenge: IdentityChallenge, now: Date): Promise<EvidenceEntry[]> {
  const { tenantId, requestId } = challenge
  const { number } = await tx.erasureRequest.findFirstOrThrow({ where: { id: requestId }, select: { number: true } })
  await notify(tx, { tenantId, kind: 'identity.declined', requestId, data: { number }, now })
  return [challengeEvidence('declined', challenge, null)]
}

async function confirm(
  tx: Tx,
  { id, tenantId, requestId, sentBy }: IdentityChallenge,
  commitToPerson: Services['commitToPerson'],
  now: Date,
): Promise<EvidenceEntry[]> {
  await moveErasureRequest(tx, { tenantId, requestId, to: 'VERIFIED', now })
  await tx.erasureRequest.update({
    where: { tenantId_id: { tenantId, id: requestId } },
    data: { identityMethod: 'MAIL_CHALLENGE' },
  })
  const resumed = await resumeAfterIdentity(tx, { tenantId, requestId, now })
  const verified: EvidenceEntry = {
    kind: 'identity-verified/v1',
    subjects: [],
    erasureRequestId: requestId,
    predicate: {
      verifiedBy: commitToPerson({ tenantId, userId: sentBy }),
      method: 'MAIL_CHALLENGE',
      challengeId: id,
    },
  }
  return [verified, ...(resumed?.evidence ?? [])]
}
