import { newId } from '@lethe/db'
import { DomainError, StatuteId } from '@lethe/domain'
import { z } from 'zod'
import type { SignedIn } from '../../tenant-viewer.js'
import type { Services } from '../../services.js'
import { Person } from './person.js'

const isTimeZone = (zone: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

export const NewTenant = z.object({
  name: z.string().trim().min(1).max(100),
  slug: z.string().regex(/^[a-z0-9](-?[a-z0-9]){1,39}$/, 'use 2 to 40 lower-case letters, digits and single hyphens'),
  timeZone: z.string().refine(isTimeZone, 'must be an IANA time zone, such as Europe/Berlin').default('Europe/Berlin'),
  holidays: z.array(z.iso.date()).max(1000).default([]),
  statuteId: StatuteId.default('gdpr-12-3'),
  owner: Person,
})

/**
 * Makes a tenant with its first owner. The identity provider and the tenant's rows are two stores: what was broken off
 * in between is completed by calling again.
 *
 * @throws DomainError FORBIDDEN, SLUG_TAKEN, EMAIL_TAKEN
 */
export async function createTenant(
  { db, people, now }: Services,
  viewer: SignedIn,
  input: z.output<typeof NewTenant>,
): Promise<{ tenantId: string; ownerId: string }> {
  if (viewer.role !== 'platform_admin')
    throw new DomainError('FORBIDDEN', 'Only a platform admin makes tenants; ask one.')
  const { name, slug, timeZone, holidays, statuteId } = input
  const tenantId = await people.ensureOrganization({ id: newId(), name, slug })
  if (await people.hasMember(tenantId, 'tenant_owner'))
    throw new DomainError('SLUG_TAKEN', 'A tenant of this slug exists; choose another slug.', 'input.slug')
  const client = db.forTenant(tenantId)
  if ((await client.tenant.findFirst()) === null)
    await client.tenant.create({ data: { id: tenantId, name, slug, timeZone, holidays, statuteId, createdAt: now() } })
  const owner = await people.create(input.owner)
  await people.addMember({ organizationId: tenantId, userId: owner.id, role: 'tenant_owner' })
  return { tenantId, ownerId: owner.id }
}
