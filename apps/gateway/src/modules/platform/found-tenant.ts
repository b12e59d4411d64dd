import { newId } from '@lethe/db'
import { DomainError, MailLocale } from '@lethe/domain'
import { z } from 'zod'
import type { Context } from '../../context.js'
import { parseInput } from '../../graphql/parse-input.js'
import { runOnce } from '../../graphql/run-once.js'
import { TenantSettings } from '../tenant/tenant-settings.js'
import { scopeOf, tenantEvidence } from './change-tenant.js'

const NewTenant = TenantSettings.extend({ ownerEmail: z.email().max(254), locale: MailLocale })

export interface FoundTenant {
  readonly idempotencyKey: string
  readonly name: string
  readonly slug: string
  readonly timeZone?: string | null
  readonly holidays?: readonly string[] | null
  readonly statuteId?: string | null
  readonly ownerEmail: string
  readonly locale: MailLocale
}

/**
 * Makes a tenant and invites its owner by mail. The organisation of the identity provider comes first, since it lies in
 * another store: what was broken off behind it is completed by the next call with its slug.
 *
 * @returns the tenant's id
 * @throws DomainError INVALID_INPUT, SLUG_TAKEN, TOO_MANY_MAILS, MAIL_REFUSED, MAIL_UNREACHABLE
 */
export async function foundTenant(context: Context, { idempotencyKey, ...given }: FoundTenant): Promise<string> {
  const chosen = Object.fromEntries(Object.entries(given).filter(([, value]) => value != null))
  const { ownerEmail, locale, name, slug, ...settings } = parseInput(NewTenant, chosen, 'input')
  const { people, invitations } = context.services
  const tenantId = await people.ensureOrganization({ id: newId(), name, slug })
  const scope = scopeOf(context, tenantId)
  return runOnce(scope, 'createTenant', { idempotencyKey, ...given }, async (tx, now) => {
    if ((await tx.tenant.findFirst({ select: { id: true } })) !== null)
      throw new DomainError('SLUG_TAKEN', 'A tenant of this slug exists; choose another slug.', 'input.slug')
    const tenant = await tx.tenant.create({ data: { id: tenantId, name, slug, ...settings, createdAt: now } })
    const inviter = { id: scope.viewer.userId, name: scope.viewer.name }
    await invitations.invite(
      { tenantId, tenantName: name, email: ownerEmail, role: 'tenant_owner', inviter, locale },
      now,
    )
    return { id: tenantId, evidence: [tenantEvidence('created', tenant, scope)] }
  })
}
