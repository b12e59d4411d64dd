import { newId } from '@lethe/db'
import { betterAuth } from 'better-auth'
import { bearer, jwt, organization } from 'better-auth/plugins'
import pg from 'pg'
import { accessControl, organizationRoles } from './access.js'

/** Claims by which every service of the platform recognises a token; fixed, whatever address it is reached by. */
export const tokenIssuer = 'https://lethe.dev/identity'
export const tokenAudience = 'lethe'

export interface IdentityOptions {
  /** Login lethe_auth, whose only schema is `auth`. */
  databaseUrl: string
  /** Where clients reach the gateway. */
  publicUrl: string
  /** At least 32 characters. Encrypts signing keys at rest; they are lost with it. */
  secret: string
  trustedOrigins?: readonly string[]
  /** From one address. */
  signInsPerMinute?: number
}

export const tokenMinutes = 15

interface MemberRow {
  organizationId: string
  role: string
}

/** The embedded identity provider: people, sessions, memberships, and the keys that sign tokens. */
export function createIdentityProvider(options: IdentityOptions) {
  const pool = new pg.Pool({ connectionString: options.databaseUrl, max: 5, options: '-c search_path=auth' })
  // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => undefined)

  const membershipOf = async (userId: string, organizationId?: string | null): Promise<MemberRow | undefined> => {
    const { rows } = await pool.query<MemberRow>(
      `SELECT "organizationId", "role" FROM "member"
       WHERE "userId" = $1 AND ($2::text IS NULL OR "organizationId"::text = $2) ORDER BY "createdAt", "id" LIMIT 1`,
      [userId, organizationId ?? null],
    )
    return rows[0]
  }

  const auth = betterAuth({
    appName: 'Lethe',
    baseURL: options.publicUrl,
    basePath: '/auth',
    secret: options.secret,
    trustedOrigins: [...(options.trustedOrigins ?? [])],
    telemetry: { enabled: false },
    logger: { disabled: true },
    database: pool,
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 12, maxPasswordLength: 128 },
    user: { additionalFields: { platformRole: { type: 'string', required: false, input: false } } },
    rateLimit: {
      enabled: true,
      window: 60,
      max: 600,
      customRules: { '/sign-in/email': { window: 60, max: options.signInsPerMinute ?? 60 } },
    },
    advanced: {
      database: { generateId: () => newId() },
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
              activeOrganizationId: (await membershipOf(session.userId))?.organizationId ?? null,
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
      jwt({
        jwks: { keyPairConfig: { alg: 'EdDSA', crv: 'Ed25519' } },
        disableSettingJwtHeader: true,
        jwt: {
          issuer: tokenIssuer,
          audience: tokenAudience,
          expirationTime: `${tokenMinutes}m`,
          // Read at each issue, so that a role that was taken away is gone with the next token.
          definePayload: async ({ user, session }) => {
            const active = session['activeOrganizationId'] as string | null | undefined
            const membership = active ? await membershipOf(user.id, active) : undefined
            const platformRole = user['platformRole'] as string | null | undefined
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

  return { auth, pool, close: () => pool.end() }
}

export type IdentityProvider = ReturnType<typeof createIdentityProvider>
