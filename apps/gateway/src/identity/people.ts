import { DomainError, MailLocale, type Role } from '@lethe/domain'
import type { TenantRole } from './access.js'
import type { IdentityProvider } from './identity-provider.js'

export interface NewPerson {
  email: string
  name: string
  password: string
}

interface PersonRow {
  id: string
  email: string
  name: string
}

/** People and organisations, as administrators make them. */
export function peopleOf({ auth, pool }: IdentityProvider) {
  const findByEmail = async (email: string): Promise<PersonRow | undefined> =>
    (await pool.query<PersonRow>('SELECT "id", "email", "name" FROM "user" WHERE "email" = $1', [email.toLowerCase()]))
      .rows[0]

  const createPerson = async (person: NewPerson, platformRole: Role | null = null): Promise<PersonRow> => {
    const context = await auth.$context
    const created = await context.internalAdapter.createUser(
      { email: person.email.toLowerCase(), name: person.name, emailVerified: platformRole !== null, platformRole },
      { method: 'admin' },
    )
    await context.internalAdapter.linkAccount({
      userId: created.id,
      providerId: 'credential',
      accountId: created.id,
      password: await context.password.hash(person.password),
    })
    return { id: created.id, email: created.email, name: created.name }
  }

  return {
    findByEmail,

    /** @throws DomainError EMAIL_TAKEN */
    async create(person: NewPerson): Promise<PersonRow> {
      if (await findByEmail(person.email))
        throw new DomainError('EMAIL_TAKEN', 'Somebody with this address exists already; use another one.', 'email')
      return createPerson(person)
    },

    /** Somebody who was made a moment ago and came to belong nowhere. */
    async unmake(userId: string): Promise<void> {
      await pool.query(
        `DELETE FROM "user" u WHERE u."id" = $1 AND NOT u."emailVerified"
           AND NOT EXISTS (SELECT 1 FROM "member" m WHERE m."userId" = u."id")`,
        [userId],
      )
    },

    /** The platform's first administrator; changes nothing when somebody with this address exists. */
    async ensurePlatformAdmin(person: NewPerson): Promise<void> {
      if (await findByEmail(person.email)) return
      await createPerson(person, 'platform_admin')
    },

    async ensureOrganization(organization: { id: string; name: string; slug: string }): Promise<string> {
      const found = await pool.query<{ id: string }>('SELECT "id" FROM "organization" WHERE "slug" = $1', [
        organization.slug,
      ])
      if (found.rows[0]) return found.rows[0].id
      const { adapter } = await auth.$context
      await adapter.create({
        model: 'organization',
        data: { ...organization, createdAt: new Date() },
        forceAllowId: true,
      })
      return organization.id
    },

    async hasMember(organizationId: string, role: TenantRole): Promise<boolean> {
      const { rows } = await pool.query('SELECT 1 FROM "member" WHERE "organizationId" = $1 AND "role" = $2 LIMIT 1', [
        organizationId,
        role,
      ])
      return rows.length > 0
    },

    /** Of a person's mail, as auth.mail_language has it; English for people of an issuer outside. */
    async mailLanguageOf(userId: string): Promise<MailLocale> {
      const { rows } = await pool.query<{ locale: string | null }>('SELECT mail_language($1) AS locale', [userId])
      return MailLocale.parse(rows[0]?.locale ?? 'en')
    },

    /** For all tenants of the person. People of an issuer outside get no mail, and nothing is kept of them. */
    async chooseMailLanguage(userId: string, locale: MailLocale): Promise<void> {
      await pool.query('UPDATE "user" SET "locale" = $2 WHERE "id" = $1', [userId, locale])
    },

    /** Names of members of one tenant, and of platform admins, who invite its first; people who left it are absent. */
    async namesOf(organizationId: string, userIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
      const { rows } = await pool.query<{ id: string; name: string }>(
        `SELECT u."id", u."name" FROM "user" u
         WHERE u."id" = ANY ($2) AND (u."platformRole" = 'platform_admin' OR EXISTS (
           SELECT 1 FROM "member" m WHERE m."userId" = u."id" AND m."organizationId" = $1))`,
        [organizationId, [...userIds]],
      )
      return new Map(rows.map((row) => [row.id, row.name]))
    },
  }
}

export type People = ReturnType<typeof peopleOf>
