import { newId } from '@lethe/db'
import { DomainError } from '@lethe/domain'
import type { z } from 'zod'
import { may } from '../../access/may.js'
import type { SignedIn } from '../../tenant-viewer.js'
import type { Services } from '../../services.js'
import { Person } from './person.js'
import { TenantSettings } from './tenant-settings.js'

export const NewTenant = TenantSettings.extend({ owner: Person })

/**
 * Makes a tenant with its first owner. The identity provider and the tenant's rows are two stores: what was broken off
 * in between is completed by calling again.
 *
 * @throws DomainError FORBIDDEN, SLUG_TAKEN, EMAIL_TAKEN
 */
export async function createTenant(
  { db, people, memberships, accessRecorder, now }: Services,
  viewer: SignedIn,
  input: z.output<typeof NewTenant>,
): Promise<{ tenantId: string; ownerId: string }> {
  if (!may(viewer, 'tenant:write')) throw new DomainError('FORBIDDEN', 'Only a platform admin makes tenants; ask one.')
  const { name, slug, timeZone, holidays, statuteId } = input
  const tenantId = await people.ensureOrganization({ id: newId(), name, slug })
  if (await people.hasMember(tenantId, 'tenant_owner'))
    throw new DomainError('SLUG_TAKEN', 'A tenant of this slug exists; choose another slug.', 'input.slug')
  const client = db.forTenant(tenantId)
  if ((await client.tenant.findFirst()) === null)
    await client.tenant.create({ data: { id: tenantId, name, slug, timeZone, holidays, statuteId, createdAt: now() } })
  const owner = await people.create(input.owner)
  await memberships.add({ tenantId, userId: owner.id, role: 'tenant_owner', actorId: viewer.userId })
  await accessRecorder.record(tenantId)
  return { tenantId, ownerId: owner.id }
}
