import { newId } from '@lethe/db'
import { MailLocale } from '@lethe/domain'
import { betterAuth } from 'better-auth'
import { bearer, jwt, organization } from 'better-auth/plugins'
import { accessControl, organizationRoles } from './access.js'
import { challengeEndpoints } from './challenge-endpoints.js'
import { foundingEndpoints } from './founding-endpoints.js'
import type { IdentityCore } from './identity-core.js'
import { invitationEndpoints } from './invitation-endpoints.js'
import { keepSigningKey } from './keep-signing-key.js'
import { mailLocaleOf } from './mail-texts.js'
import { sessionEndpoints } from './session-endpoints.js'
import { createOidcClient } from './sso/oidc-client.js'
import { createPublicFetch } from './sso/public-fetch.js'
import { ssoEndpoints } from './sso/sso-endpoints.js'
import { ssoProvidersOf } from './sso/sso-providers.js'
import { ssoSignInOf } from './sso/sso-sign-in.js'

/** Claims by which every service of the platform recognises a token; fixed, whatever address it is reached by. */
export const tokenIssuer = 'https://lethe.dev/identity'
export const tokenAudience = 'lethe'

export const tokenMinutes = 15

/** Where every tenant's identity provider sends a browser back. */
export const ssoRedirectUri = (portalUrl: string): string => `${portalUrl}/api/sso/callback`

const resetMinutes = 30

interface MemberRow {
  organizationId: string
  role: string
}

/** The embedded identity provider: people, sessions, memberships, and the keys that sign tokens. */
export function createIdentityProvider(core: IdentityCore) {
  const { pool, postman, passwords, options } = core
  const oidc = createOidcClient({
    fetch: createPublicFetch(options.sso),
    allowLoopback: options.sso.allowLoopback,
    redirectUri: ssoRedirectUri(options.portalUrl),
  })
  const ssoProviders = ssoProvidersOf(core, oidc)
  const underway = new Set<Promise<unknown>>()

  const membershipOf = async (userId: string, organizationId?: string | null): Promise<MemberRow | undefined> => {
    const { rows } = await pool.query<MemberRow>(
      `SELECT "organizationId", "role" FROM "member"
       WHERE "userId" = $1 AND ($2::text IS NULL OR "organizationId"::text = $2) ORDER BY "createdAt", "id" LIMIT 1`,
      [userId, organizationId ?? null],
    )
    return rows[0]
  }

  const hasCredential = async (userId: string): Promise<boolean> =>
    (await pool.query(`SELECT 1 FROM "account" WHERE "userId" = $1 AND "providerId" = 'credential'`, [userId]))
      .rowCount !== 0

  /** Null where the person has not chosen: then the browser's language decides. */
  const chosenLanguage = async (userId: string): Promise<MailLocale | null> => {
    const { rows } = await pool.query<{ locale: string | null }>('SELECT "locale" FROM "user" WHERE "id" = $1', [
      userId,
    ])
    return MailLocale.nullable().parse(rows[0]?.locale ?? null)
  }

  const auth = betterAuth({
    appName: 'Lethe',
    baseURL: options.publicUrl,
    basePath: '/auth',
    secret: options.secret,
    trustedOrigins: [...options.trustedOrigins],
    telemetry: { enabled: false },
    logger: { disabled: true },
    database: pool,
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: 12,
      maxPasswordLength: 128,
      password: { hash: passwords.hash, verify: passwords.verify },
      resetPasswordTokenExpiresIn: resetMinutes * 60,
      revokeSessionsOnPasswordReset: true,
      sendResetPassword: async ({ user, token }, request) => {
        const locale = (await chosenLanguage(user.id)) ?? mailLocaleOf(request?.headers.get('accept-language'))
        const link = `${options.portalUrl}/reset-password#token=${token}`
        // Who signs in through their organisation has no password here, and must not get one by this way.
        const hasPassword = await hasCredential(user.id)
        postman.sendLater(
          user.email,
          locale,
          hasPassword ? { kind: 'reset', link, minutes: resetMinutes } : { kind: 'reset-elsewhere' },
        )
      },
      // Whoever had the token reads the mail of this address.
      onPasswordReset: async ({ user }) => {
        await pool.query('UPDATE "user" SET "emailVerified" = true WHERE "id" = $1', [user.id])
      },
    },
    session: {
      additionalFields: {
        boundTenantId: { type: 'string', required: false, input: false },
        ssoProviderId: { type: 'string', required: false, input: false },
      },
    },
    verification: { storeIdentifier: 'hashed' },
    user: { additionalFields: { platformRole: { type: 'string', required: false, input: false } } },
    rateLimit: {
      enabled: true,
      // Counted by all replicas together.
      storage: 'database',
      window: 60,
      max: 600,
      customRules: limitsOf(options.signInsPerMinute),
    },
    advanced: {
      database: { generateId: () => newId() },
      // Answers do not wait for what only known addresses cause.
      backgroundTasks: {
        handler: (work) => {
          underway.add(work)
          void work.catch(() => undefined).finally(() => underway.delete(work))
        },
      },
      useSecureCookies: options.publicUrl.startsWith('https:'),
      // As is the default but under a test runner.
      disableOriginCheck: false,
    },
    databaseHooks: {
      session: {
        create: {
          before: async (session) => ({
            data: {
              ...session,
              activeOrganizationId:
                (session['activeOrganizationId'] as string | null | undefined) ??
                (await membershipOf(session.userId))?.organizationId ??
                null,
            },
          }),
        },
      },
    },
    plugins: [
      organization({
        ac: accessControl,
        roles: organizationRoles,
        creatorRole: 'tenant_owner',
        allowUserToCreateOrganization: false,
      }),
      bearer(),
      invitationEndpoints(core),
      foundingEndpoints(core),
      challengeEndpoints(core),
      sessionEndpoints(core),
      ssoEndpoints(core, ssoSignInOf(core, oidc, ssoProviders)),
      jwt({
        jwks: { keyPairConfig: { alg: 'EdDSA', crv: 'Ed25519' } },
        adapter: { createJwk: (made) => keepSigningKey(pool, made) },
        disableSettingJwtHeader: true,
        jwt: {
          issuer: tokenIssuer,
          audience: tokenAudience,
          expirationTime: `${tokenMinutes}m`,
          // Read at each issue, so that a role that was taken away is gone with the next token.
          definePayload: async ({ user, session }) => {
            const bound = session['boundTenantId'] as string | null | undefined
            const active = session['activeOrganizationId'] as string | null | undefined
            const membership =
              (await membershipOf(user.id, bound ?? active)) ?? (bound ? undefined : await membershipOf(user.id))
            const platformRole = bound ? null : (user['platformRole'] as string | null | undefined)
            return {
              email: user.email,
              name: user.name,
              tenant: membership?.organizationId ?? null,
              role: membership?.role ?? platformRole ?? null,
            }
          },
        },
      }),
    ],
  })

  /** When everything that answers did not wait for is done, mails too. */
  const settled = async () => {
    await Promise.allSettled(underway)
    await postman.settled()
  }
  const close = async () => {
    await settled()
    await pool.end()
  }
  return { ...core, auth, ssoProviders, settled, close }
}

/** From one address in a minute. Whoever causes mail or tries secrets is slower than whoever signs in. */
function limitsOf(signInsPerMinute: number) {
  const guarded = { window: 60, max: Math.ceil(signInsPerMinute / 3) }
  return {
    '/sign-in/email': { window: 60, max: signInsPerMinute },
    '/request-password-reset': guarded,
    '/reset-password': guarded,
    '/change-password': guarded,
    '/invitation/accept': guarded,
    // Read by every visit of the sign-in page; the library's own rule for such names is three in ten seconds.
    '/sign-up': { window: 60, max: 6000 },
    '/sign-up/request': guarded,
    '/sign-up/read': guarded,
    '/sign-up/complete': guarded,
    '/erasure-identity/read': guarded,
    '/erasure-identity/answer': guarded,
    '/sso/begin': guarded,
    '/sso/finish': guarded,
  }
}

export type IdentityProvider = ReturnType<typeof createIdentityProvider>
