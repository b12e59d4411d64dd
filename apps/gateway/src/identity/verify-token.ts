import { Role, TenantId, UserId } from '@lethe/domain'
import { createLocalJWKSet, errors, type JSONWebKeySet, jwtVerify, type JWTVerifyGetKey } from 'jose'
import { z } from 'zod'
import { tokenAudience, tokenIssuer } from './identity-provider.js'

/** Whom a verified token names, and what it says of them; whether that still holds is asked elsewhere. */
export interface TokenHolder {
  readonly userId: UserId
  readonly email: string
  readonly name: string
  readonly role: Role
  /** Null for a platform admin, who belongs to no tenant. */
  readonly tenantId: TenantId | null
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

/** @returns null unless the token is ours, meant for us, unexpired and complete. */
export async function verifyToken(token: string, keys: JWTVerifyGetKey, now: Date): Promise<TokenHolder | null> {
  try {
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
    return { userId: sub, email, name, role, tenantId: tenant, expiresAt: new Date(exp * 1000) }
  } catch (error) {
    if (error instanceof errors.JOSEError) return null
    throw error
  }
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
