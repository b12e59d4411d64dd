import { countTenants, type PlatformTenantRow, readPlatformTenants, type TenantsWanted } from '@lethe/db'
import type { Connection } from '../../graphql/connection.js'
import { shape } from '../../graphql/node.js'
import { connectionOf, isUuid, type Page } from '../../graphql/page.js'
import type { Services } from '../../services.js'
import { measuredDays } from '../cost/cost.reads.js'
import { costOf } from '../cost/device-price.js'
import { PlatformTenant, TenantQuota, TenantUsage } from './platform.types.js'

async function readTenants({ db, memberships, now }: Services, wanted: TenantsWanted): Promise<PlatformTenant[]> {
  const measuredSince = new Date(now().getTime() - measuredDays * 86_400_000)
  const rows = await readPlatformTenants(db, measuredSince, wanted)
  const members = await memberships.count(rows.map(({ id }) => id))
  return rows.map((row) => shapeTenant(row, { measuredSince, members: members.get(row.id) ?? 0 }))
}

const shapeTenant = (
  row: PlatformTenantRow,
  { measuredSince, members }: { measuredSince: Date; members: number },
): PlatformTenant =>
  shape(PlatformTenant, {
    id: row.id,
    name: row.name,
    slug: row.slug,
    timeZone: row.timeZone,
    createdAt: row.createdAt,
    suspendedAt: row.suspendedAt,
    suspendedReason: row.suspendedReason,
    quota: shape(TenantQuota, {
      concurrentRuns: row.maxConcurrentRuns,
      storageBytes: row.maxStorageBytes,
      requestsPerMinute: row.maxRequestsPerMinute,
      members: row.maxMembers,
    }),
    usage: shape(TenantUsage, {
      storageBytes: row.storageBytes,
      members,
      activeRuns: row.activeRuns,
      openRequests: row.openRequests,
      measuredSince,
      settledRuns: row.settledRuns,
      wallSeconds: row.wallSeconds,
      cpuSeconds: row.cpuSeconds,
      peakMemoryBytes: row.peakMemoryBytes,
      cost: costOf(row.wallSeconds, row.devicePrice),
    }),
  })

/** By slug. */
export function listTenants(services: Services, page: Page): Promise<Connection<PlatformTenant>> {
  return connectionOf(page, {
    rows: (take, afterSlug) => readTenants(services, { afterSlug, take }),
    count: () => countTenants(services.db),
    keyOf: ({ slug }) => slug,
    isKey: (key) => /^[a-z0-9-]{1,64}$/.test(key),
    node: (tenant) => tenant,
  })
}

export const findTenant = async (services: Services, id: string): Promise<PlatformTenant | null> =>
  isUuid(id) ? ((await readTenants(services, { id }))[0] ?? null) : null
