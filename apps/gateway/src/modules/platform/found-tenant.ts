import { newId } from '@lethe/db'
import { DomainError, isDomainError, MailLocale } from '@lethe/domain'
import { z } from 'zod'
import type { Context, Scope } from '../../context.js'
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
 * another store: what was broken off behind it is completed by the next call with its slug. A tenant that nobody has
 * joined is not made again by a further call for the same owner, who is mailed another invitation.
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
    const known = await tx.tenant.findFirst()
    if (known !== null && !(await isWaitingFor(scope, ownerEmail, now)))
      throw new DomainError('SLUG_TAKEN', 'A tenant of this slug exists; choose another slug.', 'input.slug')
    const tenant =
      known ?? (await tx.tenant.create({ data: { id: tenantId, name, slug, ...settings, createdAt: now } }))
    const inviter = { id: scope.viewer.userId, name: scope.viewer.name }
    const { send, withdraw } = await invitations.invite(
      { tenantId, tenantName: tenant.name, email: ownerEmail, role: 'tenant_owner', inviter, locale },
      now,
    )
    const mail = { send: () => send().catch(tellThatTenantIsThere), undo: withdraw }
    return { id: tenantId, evidence: known === null ? [tenantEvidence('created', tenant, scope)] : [], mail }
  })
}

/** Nobody has joined the tenant, and nobody but this address is invited to. */
async function isWaitingFor({ tenantId, services }: Scope, ownerEmail: string, now: Date): Promise<boolean> {
  if ((await services.memberships.count([tenantId])).has(tenantId)) return false
  const invited = await services.invitations.pendingAddresses(tenantId, now)
  return invited.every((address) => address === ownerEmail.toLowerCase())
}

function tellThatTenantIsThere(error: unknown): never {
  if (!isDomainError(error)) throw error
  const { code, message } = error
  throw new DomainError(code, `The tenant is made, its owner is not invited: send the same again. ${message}`)
}
