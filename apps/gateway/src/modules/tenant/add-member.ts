import { newId, type Tx } from '@lethe/db'
import { DomainError, Role, TenantId } from '@lethe/domain'
import { z } from 'zod'
import { may } from '../../access/may.js'
import type { SignedIn } from '../../tenant-viewer.js'
import type { Services } from '../../services.js'
import { Person } from './person.js'

export const NewMember = Person.extend({
  tenantId: TenantId,
  role: Role.exclude(['platform_admin']),
  /** For a data owner: the key by which the tenant knows them. */
  subjectKey: z.string().trim().min(1).max(256).optional(),
}).refine(({ role, subjectKey }) => subjectKey === undefined || role === 'data_owner', {
  path: ['subjectKey'],
  message: 'only a data owner has one',
})

/** @throws DomainError FORBIDDEN, NOT_FOUND, EMAIL_TAKEN, SUBJECT_TAKEN, QUOTA_MEMBERS; then nobody was added */
export async function addMember(
  { db, people, memberships, accessRecorder }: Services,
  viewer: SignedIn,
  input: z.output<typeof NewMember>,
): Promise<{ userId: string }> {
  const { tenantId, role, subjectKey, ...person } = input
  // An owner would learn which addresses have an account; they invite by mail instead.
  if (!may(viewer, 'platform:write'))
    throw new DomainError('FORBIDDEN', 'Only a platform admin adds people; an owner invites them.')
  const client = db.forTenant(tenantId)
  if ((await client.tenant.findFirst({ select: { id: true } })) === null)
    throw new DomainError('NOT_FOUND', 'There is no such tenant.', 'input.tenantId')
  if (subjectKey !== undefined) await assertUnlinked(client, subjectKey)
  const { id: userId } = await people.create(person)
  const admit = (members: number) => assertRoom(client, members)
  await memberships.add({ tenantId, userId, role, actorId: viewer.userId, admit }).catch(async (error: unknown) => {
    await people.unmake(userId)
    throw error
  })
  if (subjectKey !== undefined)
    await client.dataOwner.upsert({
      where: { tenantId_subjectKey: { tenantId, subjectKey } },
      create: { id: newId(), tenantId, subjectKey, userId },
      update: { userId },
    })
  await accessRecorder.record(tenantId)
  return { userId }
}

async function assertRoom(tx: Tx, members: number): Promise<void> {
  const { maxMembers } = await tx.tenant.findFirstOrThrow({ select: { maxMembers: true } })
  if (maxMembers === null || members <= maxMembers) return
  throw new DomainError(
    'QUOTA_MEMBERS',
    `The tenant may have ${maxMembers} members and has as many; raise its bound by setTenantQuota first.`,
  )
}

async function assertUnlinked(tx: Tx, subjectKey: string): Promise<void> {
  const owner = await tx.dataOwner.findFirst({ where: { subjectKey } })
  if (owner === null || owner.userId === null) return
  throw new DomainError('SUBJECT_TAKEN', 'Somebody signs in as this data owner already.', 'input.subjectKey')
}
