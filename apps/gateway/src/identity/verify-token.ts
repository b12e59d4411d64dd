import { Role, TenantId, UserId } from '@lethe/domain'
import type { Logger } from '@lethe/runtime'
import { createLocalJWKSet, decodeJwt, errors, type JSONWebKeySet, jwtVerify, type JWTVerifyGetKey } from 'jose'
import { z } from 'zod'
import { type ExternalIssuer, keysOfIssuer, readExternalClaims } from './external-issuer.js'
import { tokenAudience, tokenIssuer } from './identity-provider.js'

/** Whom a verified token names, and what it says of them; whether that still holds is asked elsewhere. */
export interface TokenHolder {
  readonly userId: UserId
  readonly email: string
  readonly name: string
  readonly role: Role
  /** Null for a platform admin, who belongs to no tenant. */
  readonly tenantId: TenantId | null
  /** Of whom the token is; null: our own. What an issuer outside says of role and tenant is all there is to know. */
  readonly issuer: string | null
  readonly expiresAt: Date
}

const Claims = z
  .object({
    sub: UserId,
    email: z.string(),
    name: z.string(),
    role: Role,
    tenant: TenantId.nullable(),
    exp: z.number(),
  })
  .refine(({ role, tenant }) => (role === 'platform_admin') === (tenant === null))

export interface TokenVerifier {
  /** @returns null unless the token is of an issuer that we know, meant for us, unexpired and complete. */
  verify(token: string, now: Date): Promise<TokenHolder | null>
}

/** Verifies tokens of our own identity provider, and those of issuers outside by what is configured of each. */
export function createTokenVerifier(input: {
  own: JWTVerifyGetKey
  issuers: readonly ExternalIssuer[]
  logger: Logger
}): TokenVerifier {
  const outside = new Map(input.issuers.map((issuer) => [issuer.issuer, { issuer, keys: keysOfIssuer(issuer) }]))
  return {
    async verify(token, now) {
      const iss = issuerOf(token)
      if (iss === tokenIssuer) return refusedAsNull(verifyOwn(token, input.own, now))
      const found = iss === undefined ? undefined : outside.get(iss)
      if (found === undefined) return null
      try {
        return await refusedAsNull(verifyExternal(token, found, now))
      } catch (error) {
        input.logger.warn({ err: error, issuer: iss }, 'the keys of an issuer could not be read')
        return null
      }
    },
  }
}

/** Unverified: it only says whose keys to try. */
function issuerOf(token: string): string | undefined {
  try {
    return decodeJwt(token).iss
  } catch {
    return undefined
  }
}

async function refusedAsNull(work: Promise<TokenHolder | null>): Promise<TokenHolder | null> {
  try {
    return await work
  } catch (error) {
    if (error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout)) return null
    throw error
  }
}

async function verifyOwn(token: string, keys: JWTVerifyGetKey, now: Date): Promise<TokenHolder | null> {
  const { payload } = await jwtVerify(token, keys, {
    issuer: tokenIssuer,
    audience: tokenAudience,
    algorithms: ['EdDSA'],
    requiredClaims: ['sub', 'exp', 'iat'],
    currentDate: now,
  })
  const claims = Claims.safeParse(payload)
  if (!claims.success) return null
  const { sub, email, name, role, tenant, exp } = claims.data
  return { userId: sub, email, name, role, tenantId: tenant, issuer: null, expiresAt: new Date(exp * 1000) }
}

async function verifyExternal(
  token: string,
  { issuer, keys }: { issuer: ExternalIssuer; keys: JWTVerifyGetKey },
  now: Date,
): Promise<TokenHolder | null> {
  const { payload } = await jwtVerify(token, keys, {
    issuer: issuer.issuer,
    audience: issuer.audience,
    algorithms: issuer.algorithms,
    requiredClaims: ['sub', 'exp'],
    clockTolerance: issuer.clockSkewSeconds,
    currentDate: now,
  })
  const holder = readExternalClaims(issuer, payload)
  // Until its end, and not for the skew of clocks longer.
  return holder && { ...holder, issuer: issuer.issuer, expiresAt: new Date((payload.exp ?? 0) * 1000) }
}

const refreshAfterMs = 30_000

/** Keys of the identity provider, read again when a token names one that is not known, but not more often than that. */
export function rememberKeys(load: () => Promise<JSONWebKeySet>): JWTVerifyGetKey {
  let keys: { set: ReturnType<typeof createLocalJWKSet>; readAtMs: number } | null = null
  const read = async () => (keys = { set: createLocalJWKSet(await load()), readAtMs: performance.now() })
  return async (header, token) => {
    const known = keys ?? (await read())
    try {
      return await known.set(header, token)
    } catch (error) {
      const isStale = performance.now() - known.readAtMs > refreshAfterMs
      if (!(error instanceof errors.JWKSNoMatchingKey) || !isStale) throw error
      return (await read()).set(header, token)
    }
  }
}
