import type { Database, FoundApiKey } from '@lethe/db'
import { findApiKey } from '@lethe/db'
import type { Role } from '@lethe/domain'
import { isUuid } from '../graphql/page.js'
import type { Memberships } from '../identity/memberships.js'
import type { TenantStanding } from '../tenant-viewer.js'

/** What somebody may do at this moment, and in what tenant. */
export interface Standing {
  readonly email: string
  readonly name: string
  readonly role: Role
  /** Null for a platform admin. */
  readonly tenant: TenantStanding | null
  /** An auditor's grants that were not revoked, those that ended among them; of anybody else none are read. */
  readonly grants: readonly { readonly requestIds: readonly string[]; readonly expiresAt: Date }[]
  /** Whether an auditor ever had a grant. */
  readonly hadGrants: boolean
}

/** What an issuer outside says of somebody. */
type Claimed = Pick<Standing, 'email' | 'name' | 'role'>

export interface Standings {
  /**
   * Null for who is no member (any more). Of somebody whom an issuer outside vouches for, what it says stands in for a
   * membership; the tenant and an auditor's grants are asked all the same.
   */
  of(userId: string, tenantId: string | null, claimed?: Claimed): Promise<Standing | null>
  isSuspended(tenantId: string): Promise<boolean>
  /** The key of this SHA-256; null where there is none. */
  key(digest: string): Promise<FoundApiKey | null>
  /** Called after each change that is made here, so that it takes effect with the next request. */
  forget(): void
}

/** For so long another gateway may still go by what was changed at this one. */
const freshMs = 1000
const most = 10_000

/**
 * Rights are asked anew for every request and every event, since a token outlives what it says by minutes. What was read
 * is kept for a second: a change takes effect at once where it was made, and within that second at every other gateway.
 */
export function createStandings({ memberships, db }: { memberships: Memberships; db: Database }): Standings {
  const standings = new Fresh<Standing | null>()
  const keys = new Fresh<FoundApiKey | null>()
  return {
    of: (userId, tenantId, claimed) =>
      standings.get(`${tenantId}/${userId}/${claimed?.role ?? ''}`, () =>
        tenantId === null ? readAdmin(memberships, userId) : readMember({ memberships, db }, userId, tenantId, claimed),
      ),
    isSuspended: async (tenantId) => {
      if (!isUuid(tenantId)) return false
      const tenant = await db.forTenant(tenantId).tenant.findFirst({ select: { suspendedAt: true } })
      return tenant !== null && tenant.suspendedAt !== null
    },
    key: (digest) => keys.get(digest, () => findApiKey(db, digest)),
    forget: () => {
      standings.clear()
      keys.clear()
    },
  }
}

async function readAdmin(memberships: Memberships, userId: string): Promise<Standing | null> {
  if (!(await memberships.isPlatformAdmin(userId))) return null
  return { email: '', name: '', role: 'platform_admin', tenant: null, grants: [], hadGrants: false }
}

async function readMember(
  { memberships, db }: { memberships: Memberships; db: Database },
  userId: string,
  tenantId: string,
  claimed?: Claimed,
): Promise<Standing | null> {
  const client = db.forTenant(tenantId)
  const [member, tenant] = await Promise.all([
    claimed ?? memberships.find(tenantId, userId),
    client.tenant.findFirst({ select: { suspendedAt: true, maxRequestsPerMinute: true } }),
  ])
  if (member === null || tenant === null) return null
  const grants =
    member.role === 'auditor'
      ? await client.auditorGrant.findMany({
          where: { userId },
          select: { requestIds: true, expiresAt: true, revokedAt: true },
        })
      : []
  const { email, name, role } = member
  return {
    email,
    name,
    role,
    tenant: { isSuspended: tenant.suspendedAt !== null, requestsPerMinute: tenant.maxRequestsPerMinute },
    grants: grants.filter(({ revokedAt }) => revokedAt === null),
    hadGrants: grants.length > 0,
  }
}

/** Values that are read again once they are older than {@link freshMs}; those who ask meanwhile share one read. */
class Fresh<T> {
  readonly #held = new Map<string, { readonly value: Promise<T>; readonly readAtMs: number }>()

  get(key: string, read: () => Promise<T>): Promise<T> {
    const held = this.#held.get(key)
    if (held && performance.now() - held.readAtMs < freshMs) return held.value
    const value = read()
    this.#held.delete(key)
    this.#held.set(key, { value, readAtMs: performance.now() })
    value.catch(() => this.#held.delete(key))
    const oldest = this.#held.keys().next().value
    if (this.#held.size > most && oldest !== undefined) this.#held.delete(oldest)
    return value
  }

  clear(): void {
    this.#held.clear()
  }
}
