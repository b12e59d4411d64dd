import { DomainError, mayDo, Role, TenantId } from '@lethe/domain'
import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload } from 'jose'
import { z } from 'zod'
import type { Introspect } from './introspect-token.js'

export interface Caller {
  readonly userId: string
  readonly tenantId: TenantId
  readonly role: Role
}

export interface TokenOptions {
  /** Asked of whatever passes the check of its signature, and of API keys, which have none. */
  readonly introspect: Introspect
  readonly jwksUrl: string
  readonly issuer: string
  readonly audience: string
}

/** Signatures by a private key only: a shared secret or none would let anybody who reads the public keys sign. */
const algorithms = ['EdDSA', 'Ed25519', 'ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512']

const Claims = z.object({ sub: z.string().min(1), tenant: TenantId, role: Role })

/** What every API key of the platform begins with. */
const keyMark = 'lethe_'

export type VerifyCaller = (header: string | undefined, modelVersionId: string) => Promise<Caller>

/**
 * Reads who calls from `Authorization: Bearer …`. A token's own word is not enough, for it outlives a membership by
 * minutes: the gateway is asked whether it still holds, and for this model version.
 *
 * @throws DomainError TOKEN_*, ROLE_INSUFFICIENT, IDENTITY_UNAVAILABLE
 */
export function tokenVerifier({ jwksUrl, issuer, audience, introspect }: TokenOptions): VerifyCaller {
  const keys = createRemoteJWKSet(new URL(jwksUrl), { timeoutDuration: 5000, cooldownDuration: 5000 })
  return async (header, modelVersionId) => {
    const token = /^Bearer ([\w.~+/=-]+)$/.exec(header ?? '')?.[1]
    if (token === undefined) throw refusal('TOKEN_MISSING', 'Send Authorization: Bearer with a token from sign-in.')
    if (!token.startsWith(keyMark)) {
      const claims = Claims.safeParse(await payloadOf(() => jwtVerify(token, keys, { issuer, audience, algorithms })))
      if (!claims.success)
        throw refusal('TOKEN_INVALID', 'The token names no user, tenant and role; sign in to a tenant again.')
      if (!mayDo(claims.data.role, 'model:embed'))
        throw new DomainError('ROLE_INSUFFICIENT', 'This role may not ask for embeddings; ask the tenant owner.')
    }
    const state = Claims.safeParse(await introspect(token, modelVersionId))
    if (!state.success)
      throw refusal('TOKEN_INVALID', 'The token does not hold (any more), or not for this model; sign in again.')
    const { sub: userId, tenant: tenantId, role } = state.data
    return { userId, tenantId, role }
  }
}

async function payloadOf(verify: () => Promise<{ payload: JWTPayload }>): Promise<JWTPayload> {
  try {
    return (await verify()).payload
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw refusal('TOKEN_EXPIRED', 'The token has expired; sign in again.')
    const isOurs = error instanceof errors.JOSEError
    if (!isOurs || error instanceof errors.JWKSTimeout || error.code === 'ERR_JOSE_GENERIC')
      throw new DomainError('IDENTITY_UNAVAILABLE', 'The keys of sign-in cannot be read; try again in a few seconds.')
    throw refusal('TOKEN_INVALID', 'The token is not valid here; sign in again.')
  }
}

const refusal = (code: string, message: string): DomainError => new DomainError(code, message, 'authorization')
