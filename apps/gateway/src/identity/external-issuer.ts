import { createHash } from 'node:crypto'
import { Role, TenantId, UserId } from '@lethe/domain'
import { createRemoteJWKSet, type JWTPayload, type JWTVerifyGetKey } from 'jose'
import { z } from 'zod'

/** Signatures by a private key. None that the public half, or nothing at all, would do for. */
const Algorithm = z.enum(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'])

const isLoopback = (url: URL): boolean => /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname)
const isSafe = (text: string): boolean => {
  const url = URL.canParse(text) ? new URL(text) : null
  return url !== null && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url)))
}
const Address = z.string().refine(isSafe, 'must be an https address')

/** One issuer outside whose tokens are accepted, and what they may say. */
export const ExternalIssuer = z.strictObject({
  /** As it stands in `iss`, letter by letter. */
  issuer: Address,
  audience: z.string().min(1),
  /** Default: what `<issuer>/.well-known/openid-configuration` names (OpenID Connect Discovery 1.0). */
  jwksUri: Address.optional(),
  algorithms: z.array(Algorithm).min(1).default(['RS256']),
  clockSkewSeconds: z.number().int().min(0).max(120).default(30),
  /** Which claims say what; the first two may be lists, such as groups. */
  claims: z
    .strictObject({
      tenant: z.string().min(1).default('tenant'),
      role: z.string().min(1).default('role'),
      email: z.string().min(1).default('email'),
      name: z.string().min(1).default('name'),
    })
    .prefault({}),
  /** Value of the tenant claim → id of a tenant. The issuer speaks for these and for no other. */
  tenants: z.record(z.string(), TenantId),
  /** Value of the role claim → role. Never platform_admin. */
  roles: z.record(z.string(), Role.exclude(['platform_admin'])),
})
export type ExternalIssuer = z.output<typeof ExternalIssuer>

/** The JSON list of OIDC_ISSUERS. An issuer stands in it once. */
export const ExternalIssuers = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text)
    } catch {
      context.addIssue({ code: 'custom', message: 'must be a JSON list' })
      return z.NEVER
    }
  })
  .pipe(z.array(ExternalIssuer))
  .refine((list) => new Set(list.map(({ issuer }) => issuer)).size === list.length, 'names an issuer twice')

const Person = z.object({ email: z.string().max(320).default(''), name: z.string().max(200).default('') })

export interface ExternalHolder {
  readonly userId: UserId
  readonly tenantId: TenantId
  readonly role: Role
  readonly email: string
  readonly name: string
}

/** Whom verified claims name; null unless they say exactly one known tenant and one known role. */
export function readExternalClaims(issuer: ExternalIssuer, payload: JWTPayload): ExternalHolder | null {
  const { claims, tenants, roles } = issuer
  const tenantId = theOne(payload[claims.tenant], tenants)
  const role = theOne(payload[claims.role], roles)
  const person = Person.safeParse({ email: payload[claims.email], name: payload[claims.name] })
  if (tenantId === null || role === null || !person.success || payload.sub === undefined) return null
  return { userId: userIdOf(issuer.issuer, payload.sub), tenantId, role, ...person.data }
}

function theOne<T>(claim: unknown, known: Readonly<Record<string, T>>): T | null {
  const values: unknown[] = Array.isArray(claim) ? claim : [claim]
  const meant = new Set(
    values.flatMap((value) => (typeof value === 'string' && Object.hasOwn(known, value) ? [known[value] as T] : [])),
  )
  const [only] = meant
  return meant.size === 1 && only !== undefined ? only : null
}

/** The same person of an issuer has the same id for ever: UUIDv8 (RFC 9562) of SHA-256 over both names. */
export function userIdOf(issuer: string, subject: string): UserId {
  const bytes = createHash('sha256').update(`${issuer}\n${subject}`).digest().subarray(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return UserId.parse(hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'))
}

const timeoutMs = 5_000
const Discovery = z.object({ issuer: z.string(), jwks_uri: Address })

/**
 * An issuer's keys, kept for ten minutes, and read again at most every 30 s when a token names one that is not among them:
 * keys are changed without a restart.
 */
export function keysOfIssuer({ issuer, jwksUri }: ExternalIssuer): JWTVerifyGetKey {
  const options = { timeoutDuration: timeoutMs, cooldownDuration: 30_000, cacheMaxAge: 600_000 }
  let keys: Promise<JWTVerifyGetKey> | undefined
  const open = async () => createRemoteJWKSet(new URL(jwksUri ?? (await discoverKeys(issuer))), options)
  return async (header, token) => {
    keys ??= open()
    const known = await keys.catch((error: unknown) => {
      keys = undefined
      throw error
    })
    return known(header, token)
  }
}

async function discoverKeys(issuer: string): Promise<string> {
  const response = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
    signal: AbortSignal.timeout(timeoutMs),
    redirect: 'error',
  })
  const document = Discovery.parse(await response.json())
  if (document.issuer !== issuer) throw new Error(`discovery answers for ${document.issuer}`)
  return document.jwks_uri
}
