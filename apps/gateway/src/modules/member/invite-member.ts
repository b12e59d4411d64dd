import { lockName, type Tx } from '@lethe/db'
import { DomainError, MailLocale, Role } from '@lethe/domain'
import { z } from 'zod'
import type { Scope } from '../../context.js'
import type { Connection } from '../../graphql/connection.js'
import { shape } from '../../graphql/node.js'
import { connectionOf, isUuid, type Page } from '../../graphql/page.js'
import { parseInput } from '../../graphql/parse-input.js'
import { runOnce } from '../../graphql/run-once.js'
import type { Invitation as InvitationRow } from '../../identity/invitations.js'
import { Invitation } from './invitation.types.js'

const NewInvitation = z
  .object({
    email: z.email().max(254),
    role: Role.exclude(['platform_admin']),
    /** For a data owner: the key by which the tenant knows them. */
    subjectKey: z.string().trim().min(1).max(256).nullish(),
    locale: MailLocale,
  })
  .refine(({ role, subjectKey }) => subjectKey == null || role === 'data_owner', {
    path: ['subjectKey'],
    message: 'only a data owner has one',
  })

export interface InviteMember {
  readonly idempotencyKey: string
  readonly email: string
  readonly role: Role
  readonly subjectKey?: string | null
  readonly locale: MailLocale
}

const shapeInvitation = (row: InvitationRow, now: Date): Invitation =>
  shape(Invitation, {
    id: row.id,
    inviterId: row.inviterId,
    email: row.email,
    role: row.role,
    state:
      row.status === 'accepted'
        ? 'ACCEPTED'
        : row.status === 'revoked'
          ? 'REVOKED'
          : row.expiresAt <= now
            ? 'EXPIRED'
            : 'PENDING',
    createdAt: row.createdAt,
    expiresAt: row.expiresAt,
  })

/** Newest first. */
export const listInvitations = ({ tenantId, services, now }: Scope, page: Page): Promise<Connection<Invitation>> =>
  connectionOf(page, {
    rows: (take, key) => services.invitations.list(tenantId, { first: take, before: key ?? undefined }),
    count: () => services.memberships.countInvitations(tenantId),
    keyOf: (row) => row.id,
    isKey: isUuid,
    node: (row) => shapeInvitation(row, now()),
  })

export async function findInvitation({ tenantId, services, now }: Scope, id: string): Promise<Invitation | null> {
  const row = await services.memberships.findInvitation(tenantId, id)
  return row && shapeInvitation(row, now())
}

/**
 * Mails an invitation. Whether the address has an account is not told: they join by the mail either way. When the mail
 * does not go out, nobody was invited, and an invitation that was pending before holds on.
 *
 * @returns the invitation's id
 * @throws DomainError INVALID_INPUT, ALREADY_MEMBER, QUOTA_MEMBERS, TOO_MANY_MAILS, MAIL_REFUSED, MAIL_UNREACHABLE
 */
export const inviteMember = (scope: Scope, { idempotencyKey, ...input }: InviteMember): Promise<string> =>
  runOnce(scope, 'inviteMember', { idempotencyKey, ...input }, async (tx, now) => {
    const { email, role, subjectKey, locale } = parseInput(NewInvitation, input, 'input')
    const { tenantId, viewer, services } = scope
    const tenant = await tx.tenant.findFirstOrThrow({ select: { name: true, maxMembers: true } })
    await assertRoom(tx, scope, tenant.maxMembers)
    const inviter = { id: viewer.userId, name: viewer.name }
    const { invitation, send, withdraw } = await services.invitations.invite(
      { tenantId, tenantName: tenant.name, email, role, subjectKey: subjectKey ?? undefined, inviter, locale },
      now,
    )
    return { id: invitation.id, evidence: [], mail: { send, undo: withdraw } }
  })

/** Members and those who are invited. @throws DomainError QUOTA_MEMBERS */
async function assertRoom(tx: Tx, { tenantId, services, now }: Scope, bound: number | null): Promise<void> {
  if (bound === null) return
  // Two who invite at once are counted one after the other.
  await lockName(tx, `invitations:${tenantId}`)
  const members = (await services.memberships.count([tenantId])).get(tenantId) ?? 0
  const invited = await services.memberships.countInvitations(tenantId, now())
  if (members + invited < bound) return
  throw new DomainError(
    'QUOTA_MEMBERS',
    `The tenant may have ${bound} members, and ${members} belong to it with ${invited} invited; ask the platform for more.`,
  )
}

/** @throws DomainError NOT_FOUND when it is not pending */
export const revokeInvitation = (
  scope: Scope,
  input: { idempotencyKey: string; invitationId: string },
): Promise<string> =>
  runOnce(scope, 'revokeInvitation', input, async (_tx, now) => {
    const { id } = await scope.services.invitations.revoke(scope.tenantId, input.invitationId, now)
    return { id, evidence: [] }
  })
