import type { Database } from './database.js'

/** What platform admins see of a tenant: what it is allowed and what it uses, nothing of what it holds. */
export interface PlatformTenantRow {
  readonly id: string
  readonly name: string
  readonly slug: string
  readonly timeZone: string
  readonly createdAt: Date
  readonly suspendedAt: Date | null
  readonly suspendedReason: string | null
  readonly maxConcurrentRuns: number | null
  readonly maxStorageBytes: number | null
  readonly maxRequestsPerMinute: number | null
  readonly maxMembers: number | null
  /** Uploads, packs, weights, states and bundles that are kept. */
  readonly storageBytes: number
  readonly activeRuns: number
  readonly openRequests: number
  /** Runs that ended since, and what they were measured to cost. */
  readonly settledRuns: number
  readonly wallSeconds: number
  readonly cpuSeconds: number
  readonly peakMemoryBytes: number
  /** Of an hour of device time; null where the tenant set none. */
  readonly devicePrice: { readonly perHour: number; readonly currency: string } | null
}

type Bigints = 'maxStorageBytes' | 'storageBytes' | 'activeRuns' | 'openRequests' | 'settledRuns'
type Raw = {
  readonly [Key in Exclude<keyof PlatformTenantRow, 'devicePrice'>]: Key extends Bigints
    ? string | null
    : PlatformTenantRow[Key]
} & { readonly perHour: number | null; readonly currency: string | null }

/** Those behind a slug, or one alone. */
export type TenantsWanted = { readonly afterSlug: string | null; readonly take: number } | { readonly id: string }

/** Tenants by their slugs. The gateway's login only; the caller checks `platform:read`. */
export async function readPlatformTenants(
  database: Database,
  measuredSince: Date,
  wanted: TenantsWanted,
): Promise<PlatformTenantRow[]> {
  const [id, afterSlug, take] = 'id' in wanted ? [wanted.id, null, 1] : [null, wanted.afterSlug, wanted.take]
  const { rows } = await database.pool.query<Raw>(
    `SELECT tenant_id AS id, name, slug, time_zone AS "timeZone", created_at AS "createdAt",
            suspended_at AS "suspendedAt", suspended_reason AS "suspendedReason",
            max_concurrent_runs AS "maxConcurrentRuns", max_storage_bytes AS "maxStorageBytes",
            max_requests_per_minute AS "maxRequestsPerMinute", max_members AS "maxMembers",
            storage_bytes AS "storageBytes", active_runs AS "activeRuns", open_requests AS "openRequests",
            settled_runs AS "settledRuns", wall_seconds AS "wallSeconds", cpu_seconds AS "cpuSeconds",
            peak_memory_bytes AS "peakMemoryBytes", device_hour_price AS "perHour", currency
     FROM platform_tenants($1, $2, $3, $4)`,
    [measuredSince, id, afterSlug, take],
  )
  return rows.map(({ perHour, currency, ...row }) => ({
    ...row,
    devicePrice: perHour === null || currency === null ? null : { perHour, currency },
    maxStorageBytes: row.maxStorageBytes === null ? null : Number(row.maxStorageBytes),
    storageBytes: Number(row.storageBytes),
    activeRuns: Number(row.activeRuns),
    openRequests: Number(row.openRequests),
    settledRuns: Number(row.settledRuns),
  }))
}

/** How many tenants there are. */
export async function countTenants(database: Database): Promise<number> {
  const { rows } = await database.pool.query<{ size: string }>('SELECT platform_tenant_count() AS size')
  return Number(rows[0]?.size)
}

/** Tenants with changes of membership that are not on record yet, longest waiting first. The gateway's login only. */
export async function readTenantsWithAccessChanges(database: Database): Promise<string[]> {
  const { rows } = await database.pool.query<{ tenant_id: string }>(
    'SELECT tenant_id FROM tenants_with_access_changes()',
  )
  return rows.map(({ tenant_id: id }) => id)
}
