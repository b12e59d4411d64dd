import { newId } from '@lethe/db'
import { DomainError } from '@lethe/domain'
import type pg from 'pg'
import { symmetricDecrypt, symmetricEncrypt } from 'better-auth/crypto'
import type { IdentityCore } from '../identity-core.js'
import { inTransaction } from '../in-transaction.js'
import { newSecretToken } from '../secret-token.js'
import { isDomainProven } from './domain-proof.js'
import type { OidcClient, OidcRegistration } from './oidc-client.js'

export type NewcomerRole = 'engineer' | 'data_owner' | 'auditor'

/** A tenant's own identity provider, for the addresses of one domain. Its client secret never leaves. */
export interface SsoProvider {
  readonly id: string
  readonly issuer: string
  readonly clientId: string
  readonly domain: string
  readonly domainToken: string
  readonly domainVerifiedAt: Date | null
  readonly newcomerRole: NewcomerRole | null
  readonly createdAt: Date
}

export interface NewSsoProvider extends OidcRegistration {
  readonly domain: string
  /** Null: who was never invited is refused. */
  readonly newcomerRole: NewcomerRole | null
}

/** Whose provider is changed, and by whom. */
interface By {
  readonly tenantId: string
  readonly actorId: string
}

/** Where a sign-in goes on. */
export interface ProviderInUse extends OidcRegistration {
  readonly id: string
  readonly tenantId: string
  readonly domain: string
  readonly newcomerRole: NewcomerRole | null
}

export const ssoProviderColumns = `"id", "issuer", "clientId", "domain", "domainToken", "domainVerifiedAt", "newcomerRole", "createdAt"`
const columns = ssoProviderColumns

/** Under which accounts say by what provider their person signs in. */
export const accountsOf = (providerId: string): string => `sso:${providerId}`

const absent = () => new DomainError('NOT_FOUND', 'There is no such provider.', 'input.ssoProviderId')

export function ssoProvidersOf({ pool, options }: IdentityCore, oidc: OidcClient) {
  type StoredProvider = Omit<ProviderInUse, 'clientSecret'> & { clientSecret: string }
  const inUse = async (where: string, value: string): Promise<ProviderInUse | null> => {
    const { rows } = await pool.query<StoredProvider>(
      `SELECT "id", "organizationId" AS "tenantId", "issuer", "clientId", "clientSecret", "domain", "newcomerRole"
       FROM "ssoProvider" WHERE ${where} AND "domainVerifiedAt" IS NOT NULL`,
      [value],
    )
    const [row] = rows
    if (!row) return null
    return { ...row, clientSecret: await symmetricDecrypt({ key: options.secret, data: row.clientSecret }) }
  }
  const find = async (tenantId: string, id: string): Promise<SsoProvider | null> => {
    const { rows } = await pool.query<SsoProvider>(
      `SELECT ${columns} FROM "ssoProvider" WHERE "organizationId" = $1 AND "id" = $2`,
      [tenantId, id],
    )
    return rows[0] ?? null
  }
  /** The database notes each change with who made it. */
  const inNameOf = <T>(actorId: string, work: (client: pg.PoolClient) => Promise<T>): Promise<T> =>
    inTransaction(pool, async (client) => {
      await client.query(`SELECT set_config('app.actor_id', $1, true)`, [actorId])
      return work(client)
    })
  return {
    find,
    inUse: (id: string) => inUse('"id" = $1', id),
    inUseFor: (domain: string) => inUse('"domain" = $1', domain),

    /** @throws DomainError ADDRESS_FORBIDDEN, PROVIDER_UNREACHABLE */
    check: (provider: OidcRegistration): Promise<void> => oidc.check(provider),

    async list(tenantId: string, { take, after }: { take: number; after: string | null }): Promise<SsoProvider[]> {
      const { rows } = await pool.query<SsoProvider>(
        `SELECT ${columns} FROM "ssoProvider" WHERE "organizationId" = $1 AND ($2::text IS NULL OR "id" < $2)
         ORDER BY "id" DESC LIMIT $3`,
        [tenantId, after, take],
      )
      return rows
    },

    async count(tenantId: string): Promise<number> {
      const { rows } = await pool.query<{ count: string }>(
        'SELECT count(*) FROM "ssoProvider" WHERE "organizationId" = $1',
        [tenantId],
      )
      return Number(rows[0]?.count)
    },

    /** A second registration for a domain of the tenant replaces the first; who signed in by another issuer is unknown then. */
    async register({ tenantId, actorId }: By, provider: NewSsoProvider, now: Date): Promise<string> {
      const clientSecret = await symmetricEncrypt({ key: options.secret, data: provider.clientSecret })
      const { issuer, clientId, domain, newcomerRole } = provider
      return inNameOf(actorId, async (client) => {
        const before = await client.query<{ id: string; issuer: string }>(
          'SELECT "id", "issuer" FROM "ssoProvider" WHERE "organizationId" = $1 AND "domain" = $2 FOR UPDATE',
          [tenantId, domain],
        )
        const replaced = before.rows.find((row) => row.issuer !== issuer)
        if (replaced) await forgetSubjects(client, replaced.id)
        const { rows } = await client.query<{ id: string }>(
          `INSERT INTO "ssoProvider" ("id", "organizationId", "issuer", "clientId", "clientSecret", "domain",
             "domainToken", "newcomerRole", "createdAt")
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
           ON CONFLICT ("organizationId", "domain") DO UPDATE
             SET "issuer" = $3, "clientId" = $4, "clientSecret" = $5, "newcomerRole" = $8
           RETURNING "id"`,
          [newId(), tenantId, issuer, clientId, clientSecret, domain, newSecretToken(), newcomerRole, now],
        )
        return rows[0]?.id ?? ''
      })
    },

    /** Asks DNS, which may take its time. @throws DomainError NOT_FOUND */
    async isProven(tenantId: string, id: string): Promise<boolean> {
      const provider = await find(tenantId, id)
      if (provider === null) throw absent()
      const { domain, domainToken: token } = provider
      return isDomainProven({ domain, token }, options.sso.dnsServers)
    },

    /** Lets people sign in whose domain is proven. @throws DomainError DOMAIN_TAKEN */
    async open({ actorId }: By, id: string, now: Date): Promise<void> {
      try {
        await inNameOf(actorId, (client) =>
          client.query(
            'UPDATE "ssoProvider" SET "domainVerifiedAt" = $2 WHERE "id" = $1 AND "domainVerifiedAt" IS NULL',
            [id, now],
          ),
        )
      } catch (error) {
        if ((error as { code?: string }).code !== '23505') throw error
        throw new DomainError('DOMAIN_TAKEN', 'Another tenant signs people of this domain in.', 'input.ssoProviderId')
      }
    },

    /** Ends the sessions that it began. @throws DomainError NOT_FOUND */
    async remove({ tenantId, actorId }: By, id: string): Promise<void> {
      await inNameOf(actorId, async (client) => {
        const { rowCount } = await client.query('DELETE FROM "ssoProvider" WHERE "organizationId" = $1 AND "id" = $2', [
          tenantId,
          id,
        ])
        if (rowCount === 0) throw absent()
        await client.query('DELETE FROM "session" WHERE "ssoProviderId" = $1', [id])
      })
    },
  }
}

/**
 * A subject means something to its issuer only: whoever has the same one at the next is somebody else. The rows stay, so
 * that whom an owner removed is still known.
 */
async function forgetSubjects(client: pg.PoolClient, id: string): Promise<void> {
  await client.query(
    `UPDATE "account" SET "accountId" = 'of an issuer before ' || gen_random_uuid() WHERE "providerId" = $1`,
    [accountsOf(id)],
  )
  await client.query('DELETE FROM "session" WHERE "ssoProviderId" = $1', [id])
}

export type SsoProviders = ReturnType<typeof ssoProvidersOf>
