import { newId } from '@lethe/db'
import { DomainError, type MailLocale } from '@lethe/domain'
import type pg from 'pg'
import type { TenantRole } from './access.js'
import type { IdentityCore } from './identity-core.js'
import { inTransaction } from './in-transaction.js'
import { joinTenant, settlePerson, type Credentials } from './settle-person.js'
import { hashOfToken, newSecretToken } from './secret-token.js'

const days = 7

export interface NewInvitation {
  readonly tenantId: string
  readonly tenantName: string
  readonly email: string
  readonly role: TenantRole
  /** Of a data owner: the key by which the tenant knows them. */
  readonly subjectKey?: string | undefined
  /** Kept where they have an account here; who came by an issuer outside has none. */
  readonly inviter: { readonly id: string; readonly name: string }
  readonly locale: MailLocale
}

export interface Invitation {
  readonly id: string
  readonly email: string
  readonly role: TenantRole
  readonly subjectKey: string | null
  readonly status: 'pending' | 'accepted' | 'revoked'
  readonly inviterId: string | null
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly settledAt: Date | null
}

/** An invitation as whoever holds its token sees it. */
export interface OpenInvitation {
  readonly tenantId: string
  readonly tenantName: string
  readonly email: string
  readonly role: TenantRole
  /** They choose a name and a password, because nobody has yet shown that this address is theirs. */
  readonly isNew: boolean
}

/** An invitation that is kept and not yet mailed. */
export interface Unmailed {
  readonly invitation: Invitation
  /** Once whatever else belongs to it is committed. @throws DomainError MAIL_REFUSED, MAIL_UNREACHABLE */
  readonly send: () => Promise<void>
  /** When it did not go out: one that it replaced holds again, as if nobody had been invited anew. */
  readonly withdraw: () => Promise<void>
}

export interface Accepted {
  readonly userId: string
  readonly tenantId: string
  readonly isNew: boolean
}

const columns = `"id", "email", "role", "subjectKey", "status", "inviterId", "createdAt", "expiresAt", "settledAt"`

const invalid = () =>
  new DomainError(
    'INVITATION_INVALID',
    'This invitation was used, withdrawn or is too old; ask for a new one.',
    'token',
  )

/**
 * Who holds the token of an invitation has shown that they read the mail of its address. That, and nothing that the
 * inviter can do, makes them a member with the role that the invitation says.
 */
export function invitationsOf({ pool, postman, passwords, options }: IdentityCore) {
  return {
    /**
     * Keeps an invitation, which replaces one that is pending for the same address; whoever calls has it mailed.
     *
     * @throws DomainError ALREADY_MEMBER, TOO_MANY_MAILS
     */
    async invite(given: NewInvitation, now: Date): Promise<Unmailed> {
      const token = newSecretToken()
      const email = given.email.toLowerCase()
      if (await isMember(pool, given.tenantId, email))
        throw new DomainError('ALREADY_MEMBER', 'Somebody with this address is a member already.', 'input.email')
      // Before the transaction: the count takes a connection of its own.
      await postman.admit(email)
      const { replaced, invitation } = await inTransaction(pool, async (client) => {
        const { rows: before } = await client.query<{ id: string }>(
          `UPDATE "invitation" SET "status" = 'revoked', "settledAt" = $3
           WHERE "organizationId" = $1 AND "email" = $2 AND "status" = 'pending' RETURNING "id"`,
          [given.tenantId, email, now],
        )
        const { rows } = await client.query<Invitation>(
          `INSERT INTO "invitation" ("id", "organizationId", "email", "role", "subjectKey", "status", "inviterId",
             "locale", "tokenHash", "createdAt", "expiresAt")
           VALUES ($1, $2, $3, $4, $5, 'pending', (SELECT "id" FROM "user" WHERE "id" = $6), $7, $8, $9, $10)
           RETURNING ${columns}`,
          [
            newId(),
            given.tenantId,
            email,
            given.role,
            given.subjectKey ?? null,
            given.inviter.id,
            given.locale,
            hashOfToken(token),
            now,
            new Date(now.getTime() + days * 86_400_000),
          ],
        )
        return { replaced: before[0]?.id, invitation: rows[0] as Invitation }
      })
      // In the fragment, which browsers send to no server and no log keeps.
      const link = `${options.portalUrl}/invitation#token=${token}`
      const { tenantName: tenant, inviter, locale } = given
      return {
        invitation,
        send: () => postman.deliver(email, locale, { kind: 'invitation', link, tenant, inviter: inviter.name, days }),
        withdraw: () => withdrawInvitation(pool, invitation.id, replaced),
      }
    },

    /** Newest first. */
    async list(tenantId: string, page: { first: number; before?: string | undefined }): Promise<Invitation[]> {
      const { rows } = await pool.query<Invitation>(
        `SELECT ${columns} FROM "invitation" WHERE "organizationId" = $1 AND ($2::text IS NULL OR "id" < $2)
         ORDER BY "id" DESC LIMIT $3`,
        [tenantId, page.before ?? null, page.first],
      )
      return rows
    },

    /** Two of those whom a tenant waits for, which is enough to tell whether it is one. */
    async pendingAddresses(tenantId: string, at: Date): Promise<string[]> {
      const { rows } = await pool.query<{ email: string }>(
        `SELECT "email" FROM "invitation" WHERE "organizationId" = $1 AND "status" = 'pending' AND "expiresAt" > $2
         LIMIT 2`,
        [tenantId, at],
      )
      return rows.map(({ email }) => email)
    },

    /** @throws DomainError NOT_FOUND when it is not pending in this tenant */
    async revoke(tenantId: string, id: string, now: Date): Promise<Invitation> {
      const { rows } = await pool.query<Invitation>(
        `UPDATE "invitation" SET "status" = 'revoked', "settledAt" = $3
         WHERE "organizationId" = $1 AND "id" = $2 AND "status" = 'pending' RETURNING ${columns}`,
        [tenantId, id, now],
      )
      if (rows[0]) return rows[0]
      throw new DomainError('NOT_FOUND', 'There is no such pending invitation.', 'input.invitationId')
    },

    /** @throws DomainError INVITATION_INVALID */
    async read(token: string, now: Date): Promise<OpenInvitation> {
      const { rows } = await pool.query<OpenInvitation>(
        `SELECT o."id" AS "tenantId", o."name" AS "tenantName", i."email", i."role",
                NOT coalesce(u."emailVerified", false) AS "isNew"
         FROM "invitation" i JOIN "organization" o ON o."id" = i."organizationId" LEFT JOIN "user" u USING ("email")
         WHERE i."tokenHash" = $1 AND i."status" = 'pending' AND i."expiresAt" > $2`,
        [hashOfToken(token), now],
      )
      if (rows[0]) return rows[0]
      throw invalid()
    },

    /**
     * Once. A newcomer gets the name and password that they chose; who is known keeps both and joins.
     *
     * @throws DomainError INVITATION_INVALID, CREDENTIALS_REQUIRED, ALREADY_MEMBER, TENANT_CLOSED, QUOTA_MEMBERS
     */
    async accept(token: string, credentials: Credentials | undefined, now: Date): Promise<Accepted> {
      const hash = credentials === undefined ? undefined : await passwords.hash(credentials.password)
      return inTransaction(pool, async (client) => {
        const { rows } = await client.query<{ tenantId: string; role: TenantRole; inviterId: string | null } & Invitee>(
          `UPDATE "invitation" SET "status" = 'accepted', "settledAt" = $2
           WHERE "tokenHash" = $1 AND "status" = 'pending' AND "expiresAt" > $2
           RETURNING "organizationId" AS "tenantId", "email", "role", "subjectKey", "inviterId"`,
          [hashOfToken(token), now],
        )
        const invitation = rows[0]
        if (!invitation) throw invalid()
        const { tenantId, email, role, subjectKey, inviterId } = invitation
        const chosen = credentials && hash ? { name: credentials.name, passwordHash: hash } : undefined
        const { userId, isNew } = await settlePerson(client, email, chosen, now)
        const members = await joinTenant(client, { tenantId, userId, role, actorId: inviterId, now })
        await options.onJoining({ tenantId, userId, role, subjectKey, members })
        return { userId, tenantId, isNew }
      })
    },
  }
}

export type Invitations = ReturnType<typeof invitationsOf>

interface Invitee {
  readonly email: string
  readonly subjectKey: string | null
}

/** One that was accepted or replaced meanwhile is let be. */
const withdrawInvitation = (pool: pg.Pool, id: string, replaced: string | undefined): Promise<void> =>
  inTransaction(pool, async (client) => {
    const { rowCount } = await client.query(`DELETE FROM "invitation" WHERE "id" = $1 AND "status" = 'pending'`, [id])
    if (rowCount === 0 || replaced === undefined) return
    await client.query(`UPDATE "invitation" SET "status" = 'pending', "settledAt" = NULL WHERE "id" = $1`, [replaced])
  })

async function isMember(pool: pg.Pool, tenantId: string, email: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    `SELECT 1 FROM "member" m JOIN "user" u ON u."id" = m."userId" WHERE m."organizationId" = $1 AND u."email" = $2`,
    [tenantId, email],
  )
  return rowCount !== 0
}
