import { newId } from '@lethe/db'
import { DomainError } from '@lethe/domain'
import type pg from 'pg'
import { z } from 'zod'
import type { IdentityCore } from '../identity-core.js'
import { inTransaction } from '../in-transaction.js'
import { hashOfToken, newSecretToken } from '../secret-token.js'
import { joinTenant } from '../settle-person.js'
import type { OidcClient, OidcIdentity } from './oidc-client.js'
import { accountsOf, type ProviderInUse, type SsoProviders } from './sso-providers.js'

const minutes = 10

const Begun = z.object({ providerId: z.string(), binding: z.string(), nonce: z.string(), codeVerifier: z.string() })

const identifierOf = (state: string): string => `sso:${hashOfToken(state)}`
const refused = (message: string) => new DomainError('SSO_REFUSED', message)

export interface SignedInBySso {
  readonly userId: string
  readonly tenantId: string
  readonly providerId: string
}

/** Signs people in at their tenant's own identity provider, into that tenant and no other. */
export function ssoSignInOf({ pool, options }: IdentityCore, oidc: OidcClient, providers: SsoProviders) {
  return {
    /**
     * Begins for an address of a domain that a tenant has shown to be its own. What was begun is for the browser that
     * holds `binding`, for ten minutes, once.
     *
     * @throws DomainError NO_SSO, PROVIDER_UNREACHABLE
     */
    async begin(email: string, now: Date): Promise<{ url: string; binding: string }> {
      const provider = await providers.inUseFor(domainOf(email))
      if (provider === null)
        throw new DomainError(
          'NO_SSO',
          'No organisation signs in addresses of this domain; use your password.',
          'email',
        )
      const { url, journey } = await oidc.begin(provider, email)
      const binding = newSecretToken()
      const begun: z.infer<typeof Begun> = {
        providerId: provider.id,
        binding: hashOfToken(binding),
        nonce: journey.nonce,
        codeVerifier: journey.codeVerifier,
      }
      await pool.query(
        `INSERT INTO "verification" ("id", "identifier", "value", "expiresAt", "createdAt", "updatedAt")
         VALUES ($1, $2, $3, $4, $5, $5)`,
        [newId(), identifierOf(journey.state), JSON.stringify(begun), new Date(now.getTime() + minutes * 60_000), now],
      )
      return { url, binding }
    },

    /**
     * Ends what was begun: `query` is that of the address to which the provider sent the browser back.
     *
     * @throws DomainError SSO_REFUSED, PROVIDER_UNREACHABLE, TENANT_CLOSED, QUOTA_MEMBERS
     */
    async finish(query: string, binding: string, now: Date): Promise<SignedInBySso> {
      const state = new URLSearchParams(query).get('state') ?? ''
      const { rows } = await pool.query<{ value: string }>(
        'DELETE FROM "verification" WHERE "identifier" = $1 AND "expiresAt" > $2 RETURNING "value"',
        [identifierOf(state), now],
      )
      const begun = rows[0] && Begun.parse(JSON.parse(rows[0].value))
      if (begun === undefined || begun.binding !== hashOfToken(binding))
        throw refused('This sign-in was not begun in this browser, or too long ago; begin again.')
      const provider = await providers.inUse(begun.providerId)
      if (provider === null) throw refused('This organisation no longer signs in by this provider.')
      const { nonce, codeVerifier } = begun
      const identity = await oidc.finish(provider, query, { state, nonce, codeVerifier })
      if (!identity.isEmailVerified || domainOf(identity.email) !== provider.domain)
        throw refused(`The provider must vouch for a verified address of ${provider.domain}.`)
      const userId = await inTransaction(pool, (client) => findOrAdmit(client, provider, identity, options, now))
      return { userId, tenantId: provider.tenantId, providerId: provider.id }
    },
  }
}

export const domainOf = (email: string): string => email.slice(email.lastIndexOf('@') + 1).toLowerCase()

async function findOrAdmit(
  client: pg.PoolClient,
  provider: ProviderInUse,
  identity: OidcIdentity,
  { onJoining }: IdentityCore['options'],
  now: Date,
): Promise<string> {
  // Two first sign-ins of one person at once are one person.
  await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('sso:' || $1, 0))`, [identity.email])
  const { tenantId } = provider
  const accountOf = accountsOf(provider.id)
  const linked = await client.query<{ userId: string }>(
    'SELECT "userId" FROM "account" WHERE "providerId" = $1 AND "accountId" = $2',
    [accountOf, identity.subject],
  )
  const known = await client.query<{ id: string }>('SELECT "id" FROM "user" WHERE "email" = $1', [identity.email])
  const userId = linked.rows[0]?.userId ?? known.rows[0]?.id
  const isMember =
    userId !== undefined &&
    (await client.query('SELECT 1 FROM "member" WHERE "organizationId" = $1 AND "userId" = $2', [tenantId, userId]))
      .rowCount !== 0
  if (isMember) {
    if (!linked.rows[0]) await link(client, { userId, accountOf, subject: identity.subject, now })
    return userId
  }
  // Somebody who had been here and was removed stays out until they are invited again.
  if (provider.newcomerRole === null || (userId !== undefined && (await wasHere(client, userId, accountOf))))
    throw refused('You are no member of this organisation; ask an owner to invite you.')
  const newcomer = userId ?? (await createPerson(client, identity, now))
  const joining = { tenantId, userId: newcomer, role: provider.newcomerRole }
  const members = await joinTenant(client, { ...joining, actorId: null, now })
  await onJoining({ ...joining, subjectKey: null, members })
  await link(client, { userId: newcomer, accountOf, subject: identity.subject, now })
  return newcomer
}

async function wasHere(client: pg.PoolClient, userId: string, accountOf: string): Promise<boolean> {
  const { rowCount } = await client.query('SELECT 1 FROM "account" WHERE "userId" = $1 AND "providerId" = $2', [
    userId,
    accountOf,
  ])
  return rowCount !== 0
}

/** Not counted as confirmed here: the provider vouches for its tenant, and an invitation elsewhere will ask by mail. */
async function createPerson(client: pg.PoolClient, { email, name }: OidcIdentity, now: Date): Promise<string> {
  const id = newId()
  await client.query(
    `INSERT INTO "user" ("id", "name", "email", "emailVerified", "createdAt", "updatedAt") VALUES ($1, $2, $3, false, $4, $4)`,
    [id, name === '' ? email : name, email, now],
  )
  return id
}

async function link(
  client: pg.PoolClient,
  { userId, accountOf, subject, now }: { userId: string; accountOf: string; subject: string; now: Date },
): Promise<void> {
  await client.query(
    `INSERT INTO "account" ("id", "accountId", "providerId", "userId", "createdAt", "updatedAt")
     VALUES ($1, $2, $3, $4, $5, $5)`,
    [newId(), subject, accountOf, userId, now],
  )
}
