import { createHash } from 'node:crypto'
import { hasRightsOf, Role, TenantId, UserId } from '@lethe/domain'
import type { DownloadGrant } from '../http/download-grants.js'
import type { TokenHolder } from '../identity/verify-token.js'
import type { Services } from '../services.js'
import type { AuditedCases, SignedIn } from '../tenant-viewer.js'
import type { Standing } from './standings.js'

/** What every API key begins with, so that scanners find one that was committed by mistake. */
export const KEY_MARK = 'lethe_'
/** The mark, then 32 random bytes in base64url. */
const keyPattern = /^lethe_[\w-]{43}$/

export const digestOfKey = (key: string): string => createHash('sha256').update(key).digest('hex')

/** Ends a stream that came by a key without an end. */
const longestKeyStreamMs = 24 * 3_600_000

/**
 * Who sends this token or key, with the rights that they have now; null unless it is valid and still means something.
 * What a token says of role and tenant only names the membership: the membership itself is asked.
 */
export function resolveViewer(credential: string, services: Services): Promise<SignedIn | null> {
  return credential.startsWith(KEY_MARK) ? resolveKey(credential, services) : resolveToken(credential, services)
}

async function resolveToken(token: string, services: Services): Promise<SignedIn | null> {
  const holder = await services.tokens.verify(token, services.now())
  return holder && renewHolder(holder, services)
}

/** The same of a token whose signature was checked before. */
async function renewHolder(holder: TokenHolder, services: Services): Promise<SignedIn | null> {
  const now = services.now()
  if (holder.expiresAt <= now) return null
  const claimed = holder.issuer === null ? undefined : holder
  const standing = await services.standings.of(holder.userId, holder.tenantId, claimed)
  if (standing === null) return null
  const { role, tenant } = standing
  return {
    ...holder,
    role,
    tenant,
    cases: casesOf(standing, now),
    via: 'session',
    keyId: null,
    keyRequestsPerMinute: null,
  }
}

/** Who asked for a signed address, with the rights that they have now. */
export const resolveGrant = (by: DownloadGrant['by'], services: Services): Promise<SignedIn | null> =>
  'holder' in by ? renewHolder(by.holder, services) : resolveKeyDigest(by.keyDigest, services)

const resolveKey = async (key: string, services: Services): Promise<SignedIn | null> =>
  keyPattern.test(key) ? resolveKeyDigest(digestOfKey(key), services) : null

async function resolveKeyDigest(digest: string, services: Services): Promise<SignedIn | null> {
  const now = services.now()
  const found = await services.standings.key(digest)
  if (found === null || found.revokedAt !== null || (found.expiresAt !== null && found.expiresAt <= now)) return null
  const standing = await services.standings.of(found.userId, found.tenantId)
  const role = Role.parse(found.role)
  // A key has never more rights than its maker has now.
  if (standing === null || !hasRightsOf(standing.role, role)) return null
  services.keyUse.note(found, now)
  return {
    userId: UserId.parse(found.userId),
    issuer: null,
    tenantId: TenantId.parse(found.tenantId),
    email: standing.email,
    name: standing.name,
    role,
    expiresAt: found.expiresAt ?? new Date(now.getTime() + longestKeyStreamMs),
    tenant: standing.tenant,
    cases: casesOf({ ...standing, role }, now),
    via: 'api-key',
    keyId: found.id,
    keyRequestsPerMinute: found.requestsPerMinute,
  }
}

function casesOf({ role, grants, hadGrants }: Standing, now: Date): AuditedCases | null {
  if (role !== 'auditor') return null
  const holding = grants.filter(({ expiresAt }) => expiresAt > now)
  return {
    requestIds: [...new Set(holding.flatMap(({ requestIds }) => requestIds))],
    until: holding.reduce<Date | null>(
      (latest, { expiresAt }) => (latest === null || expiresAt > latest ? expiresAt : latest),
      null,
    ),
    hasEnded: holding.length === 0 && hadGrants,
  }
}
