import { type AuditorGrant, newId, type Tx } from '@lethe/db'
import { DomainError } from '@lethe/domain'
import { z } from 'zod'
import type { Scope } from '../../context.js'
import { isUuid } from '../../graphql/page.js'
import { parseInput } from '../../graphql/parse-input.js'
import { runOnce } from '../../graphql/run-once.js'
import { userIdOf } from '../../identity/external-issuer.js'
import { grantEvidence } from './grant-evidence.js'

const longestMs = 366 * 86_400_000

const Outsider = z.object({ issuer: z.string().min(1).max(500), subject: z.string().min(1).max(255) })

const NewGrant = z
  .object({
    userId: z.string().nullish(),
    outside: Outsider.nullish(),
    erasureRequestIds: z.array(z.string()).min(1, 'name at least one case').max(100, 'name at most 100 cases'),
    reason: z.string().trim().min(1, 'say what the access is for').max(500),
    expiresAt: z.date(),
  })
  .refine(({ userId, outside }) => (userId == null) !== (outside == null), {
    path: ['userId'],
    message: 'name a member here, or somebody outside, and not both',
  })

export interface GrantAuditorAccess {
  readonly idempotencyKey: string
  readonly userId?: string | null
  readonly outside?: z.input<typeof Outsider> | null
  readonly erasureRequestIds: readonly string[]
  readonly reason: string
  readonly expiresAt: Date
}

/**
 * Lets an auditor look into some cases for some time.
 *
 * @returns the grant's id
 * @throws DomainError INVALID_INPUT, NOT_AUDITOR, ISSUER_UNKNOWN, NOT_FOUND
 */
export async function grantAuditorAccess(
  scope: Scope,
  { idempotencyKey, ...input }: GrantAuditorAccess,
): Promise<string> {
  const { tenantId, viewer, services } = scope
  const id = await runOnce(scope, 'grantAuditorAccess', { idempotencyKey, ...input }, async (tx, now) => {
    const { erasureRequestIds, reason, expiresAt, ...whom } = parseInput(NewGrant, input, 'input')
    if (expiresAt <= now || expiresAt.getTime() > now.getTime() + longestMs)
      throw new DomainError('INVALID_INPUT', 'Access ends in the future, within 366 days.', 'input.expiresAt')
    const auditor =
      whom.outside == null ? await findMember(scope, whom.userId ?? '') : findOutsider(scope, whom.outside)
    const requestIds = await existing(tx, [...new Set(erasureRequestIds)])
    const grant = { id: newId(), tenantId, ...auditor, requestIds, expiresAt }
    await tx.auditorGrant.create({ data: { ...grant, reason, grantedBy: viewer.userId, grantedAt: now } })
    const { commitToPerson } = services
    return { id: grant.id, evidence: [grantEvidence('granted', grant, { commitToPerson, actorId: viewer.userId })] }
  })
  services.standings.forget()
  return id
}

type Auditor = Pick<AuditorGrant, 'userId' | 'outsideIssuer' | 'outsideSubject'>

async function findMember({ tenantId, services }: Scope, userId: string): Promise<Auditor> {
  const member = isUuid(userId) ? await services.memberships.find(tenantId, userId) : null
  if (member?.role === 'auditor') return { userId, outsideIssuer: null, outsideSubject: null }
  throw new DomainError('NOT_AUDITOR', 'Access to cases is for a member with the role auditor.', 'input.userId')
}

/** Whether there is such a person is for their issuer to know; until they come, nothing comes of it. */
function findOutsider({ tenantId, services }: Scope, { issuer, subject }: z.output<typeof Outsider>): Auditor {
  const found = services.externalIssuers.find((known) => known.issuer === issuer)
  const speaksForUs = Object.values(found?.tenants ?? {}).includes(tenantId)
  if (speaksForUs && Object.values(found?.roles ?? {}).includes('auditor'))
    return { userId: userIdOf(issuer, subject), outsideIssuer: issuer, outsideSubject: subject }
  throw new DomainError(
    'ISSUER_UNKNOWN',
    'No issuer of this name speaks for auditors of your tenant; write it letter by letter, or ask the operator to map it.',
    'input.outside.issuer',
  )
}

async function existing(tx: Tx, ids: readonly string[]): Promise<string[]> {
  const rows = await tx.erasureRequest.findMany({ where: { id: { in: ids.filter(isUuid) } }, select: { id: true } })
  if (rows.length === ids.length) return rows.map(({ id }) => id).sort()
  throw new DomainError(
    'NOT_FOUND',
    'At least one of these erasure requests does not exist.',
    'input.erasureRequestIds',
  )
}

/** Takes access back with the auditor's next request. @throws DomainError NOT_FOUND */
export async function revokeAuditorAccess(
  scope: Scope,
  input: { idempotencyKey: string; grantId: string },
): Promise<string> {
  const { viewer, services } = scope
  const id = await runOnce(scope, 'revokeAuditorAccess', input, async (tx, now) => {
    const found = isUuid(input.grantId) ? await tx.auditorGrant.findFirst({ where: { id: input.grantId } }) : null
    if (found === null) throw new DomainError('NOT_FOUND', 'There is no such grant.', 'input.grantId')
    if (found.revokedAt !== null) return { id: found.id, evidence: [] }
    await tx.auditorGrant.updateMany({ where: { id: found.id }, data: { revokedAt: now, revokedBy: viewer.userId } })
    const { commitToPerson } = services
    return { id: found.id, evidence: [grantEvidence('revoked', found, { commitToPerson, actorId: viewer.userId })] }
  })
  services.standings.forget()
  return id
}
