import { type MembershipChange, notify, recordEntries, type Tx } from '@lethe/db'
import { type EvidenceEntry, hasRightsOf, Role } from '@lethe/domain'
import { statementOf } from '@lethe/ledger'
import { keyEvidence } from '../modules/api-key/key-evidence.js'
import { grantEvidence } from '../modules/auditor-access/grant-evidence.js'
import type { Services } from '../services.js'

interface Recording extends Pick<Services, 'commitToPerson' | 'now'> {
  readonly tenantId: string
  readonly most: number
}

/**
 * Oldest first, at most so many. With the record goes what follows: whoever leaves, or may do less, loses keys and grants
 * for good, so that none comes back with them.
 *
 * @returns how many
 */
export async function recordMembershipChanges(tx: Tx, recording: Recording): Promise<number> {
  const { tenantId, most } = recording
  const changes = await tx.membershipChange.findMany({
    where: { tenantId, evidenceSeq: null },
    orderBy: { number: 'asc' },
    take: most,
  })
  if (changes.length === 0) return 0
  const now = recording.now()
  const followed: EvidenceEntry[] = []
  for (const change of changes) {
    followed.push(...(await follow(tx, change, recording, now)))
    await tellOf(tx, change, now)
  }
  const entries = [...changes.map((change) => entryOf(change, recording)), ...followed]
  const numbers = await recordEntries(tx, { tenantId, entries, now }, statementOf)
  for (const [i, { id }] of changes.entries())
    await tx.membershipChange.updateMany({ where: { id }, data: { evidenceSeq: numbers[i] ?? null } })
  return changes.length
}

/** A member's id and role; who they are is for those who may see members. */
async function tellOf(tx: Tx, change: MembershipChange, now: Date): Promise<void> {
  const { tenantId, userId, previousRole } = change
  const kind = previousRole === null ? 'member.joined' : change.role === null ? 'member.removed' : 'member.role-changed'
  const role = Role.parse(change.role ?? previousRole)
  await notify(tx, { tenantId, kind, data: { userId, role }, now })
}

const entryOf = (
  { tenantId, userId, actorId, previousRole, role, at }: MembershipChange,
  { commitToPerson }: Recording,
): EvidenceEntry => ({
  kind: 'member-changed/v1',
  subjects: [],
  predicate: {
    change: previousRole === null ? 'joined' : role === null ? 'left' : 'role-changed',
    member: commitToPerson({ tenantId, userId }),
    previousRole: Role.nullable().parse(previousRole),
    role: Role.nullable().parse(role),
    changedBy: actorId === null ? null : commitToPerson({ tenantId, userId: actorId }),
    effectiveAt: at.toISOString(),
  },
})

/** What a change takes away besides. */
async function follow(
  tx: Tx,
  change: MembershipChange,
  { commitToPerson }: Recording,
  now: Date,
): Promise<EvidenceEntry[]> {
  const { tenantId, userId, actorId } = change
  const role = Role.nullable().parse(change.role)
  const revokedBy = actorId ?? userId
  const revoked = { revokedAt: now, revokedBy }
  const keys = await tx.apiKey.findMany({ where: { tenantId, userId, revokedAt: null } })
  const lostKeys = keys.filter((key) => role === null || !hasRightsOf(role, Role.parse(key.role)))
  const lostGrants =
    role === 'auditor' ? [] : await tx.auditorGrant.findMany({ where: { tenantId, userId, revokedAt: null } })
  await tx.apiKey.updateMany({ where: { tenantId, id: { in: lostKeys.map(({ id }) => id) } }, data: revoked })
  await tx.auditorGrant.updateMany({ where: { tenantId, id: { in: lostGrants.map(({ id }) => id) } }, data: revoked })
  if (role !== 'data_owner') await tx.dataOwner.updateMany({ where: { tenantId, userId }, data: { userId: null } })
  return [
    ...lostKeys.map((key) => keyEvidence('revoked', key, { commitToPerson, actorId: revokedBy })),
    ...lostGrants.map((grant) => grantEvidence('revoked', grant, { commitToPerson, actorId: revokedBy })),
  ]
}
