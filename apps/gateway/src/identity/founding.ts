import { newId } from '@lethe/db'
import { DomainError } from '@lethe/domain'
import type { IdentityCore, NewTenantNames } from './identity-core.js'
import { inTransaction } from './in-transaction.js'
import { mailLocaleOf } from './mail-texts.js'
import { hashOfToken, newSecretToken } from './secret-token.js'
import { joinTenant, settlePerson, type Credentials } from './settle-person.js'

const hours = 24
const identifierOf = (token: string) => `sign-up:${hashOfToken(token)}`

const invalid = () =>
  new DomainError('SIGN_UP_INVALID', 'This link was used or is too old; ask for a new one.', 'token')

/**
 * How somebody founds a tenant without being invited, where the platform is open to it: they show by a mailed token that
 * the address is theirs before anything is made, so that the answer to the first step is the same for every address.
 */
export function foundingOf({ pool, postman, passwords, options }: IdentityCore) {
  const assertOpen = () => {
    if (options.signUp === 'open') return
    throw new DomainError('SIGN_UP_CLOSED', 'New organisations are set up by the platform; ask its operator.')
  }
  return {
    /** @throws DomainError SIGN_UP_CLOSED */
    async request(email: string, language: string | null, now: Date): Promise<void> {
      assertOpen()
      const token = newSecretToken()
      const expiresAt = new Date(now.getTime() + hours * 3_600_000)
      await pool.query(
        `INSERT INTO "verification" ("id", "identifier", "value", "expiresAt", "createdAt", "updatedAt")
         VALUES ($1, $2, $3, $4, $5, $5)`,
        [newId(), identifierOf(token), email.toLowerCase(), expiresAt, now],
      )
      const link = `${options.portalUrl}/sign-up#token=${token}`
      postman.sendLater(email, mailLocaleOf(language), { kind: 'sign-up', link, hours })
    },

    /** @throws DomainError SIGN_UP_CLOSED, SIGN_UP_INVALID */
    async read(token: string, now: Date): Promise<{ email: string; isNew: boolean }> {
      assertOpen()
      const { rows } = await pool.query<{ email: string; isNew: boolean }>(
        `SELECT v."value" AS "email", NOT coalesce(u."emailVerified", false) AS "isNew"
         FROM "verification" v LEFT JOIN "user" u ON u."email" = v."value"
         WHERE v."identifier" = $1 AND v."expiresAt" > $2`,
        [identifierOf(token), now],
      )
      if (rows[0]) return rows[0]
      throw invalid()
    },

    /** @throws DomainError SIGN_UP_CLOSED, SIGN_UP_INVALID, CREDENTIALS_REQUIRED, SLUG_TAKEN */
    async complete(
      input: { token: string; tenant: NewTenantNames; credentials: Credentials | undefined },
      now: Date,
    ): Promise<{ isNew: boolean }> {
      assertOpen()
      const { token, tenant, credentials } = input
      const passwordHash = credentials && (await passwords.hash(credentials.password))
      const tenantId = newId()
      return inTransaction(pool, async (client) => {
        const { rows } = await client.query<{ email: string }>(
          `DELETE FROM "verification" WHERE "identifier" = $1 AND "expiresAt" > $2 RETURNING "value" AS "email"`,
          [identifierOf(token), now],
        )
        if (!rows[0]) throw invalid()
        const chosen = credentials && passwordHash ? { name: credentials.name, passwordHash } : undefined
        const { userId, isNew } = await settlePerson(client, rows[0].email, chosen, now)
        const { rowCount } = await client.query(
          `INSERT INTO "organization" ("id", "name", "slug", "createdAt") VALUES ($1, $2, $3, $4)
           ON CONFLICT ("slug") DO NOTHING`,
          [tenantId, tenant.name, tenant.slug, now],
        )
        if (rowCount === 0)
          throw new DomainError('SLUG_TAKEN', 'A tenant of this slug exists; choose another slug.', 'tenant.slug')
        await joinTenant(client, { tenantId, userId, role: 'tenant_owner', actorId: userId, now })
        await options.onFounding({ tenantId, ...tenant })
        return { isNew }
      })
    },
  }
}
