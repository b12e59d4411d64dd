import { Digest } from '@lethe/domain'
import type { GatewayRig } from '../../testing/gateway-rig.js'
import { ownersOfMarks } from '../footprint.js'
import type { CrowdTenant } from './crowd.js'
import type { Watch } from './watch.js'

/** Marks that tenants share: who runs the platform, and nothing else. */
export async function sharedMarks(rig: GatewayRig): Promise<ReadonlySet<string>> {
  const owners = await ownersOfMarks(rig)
  return new Set([...owners].filter(([, tenants]) => tenants.size > 1).map(([mark]) => mark))
}

/** Rows of a log that are missing, and rows that name two tenants. */
const misplaced = `
  SELECT tenant_id, 'an outbox row of another tenant' AS what FROM outbox WHERE payload->>'tenantId' <> tenant_id::text
  UNION ALL SELECT tenant_id, 'a gap in the log' FROM evidence GROUP BY tenant_id HAVING count(*) <> max(seq)
  UNION ALL SELECT tenant_id, 'a request without its one entry' FROM erasure_request r
    WHERE 1 <> (SELECT count(*) FROM evidence e WHERE e.tenant_id = r.tenant_id AND e.request_id = r.id
      AND e.kind = 'erasure-requested/v1')
  UNION ALL SELECT tenant_id, 'a request without its one clock' FROM erasure_request r
    WHERE 1 <> (SELECT count(*) FROM sla_clock c WHERE c.tenant_id = r.tenant_id AND c.request_id = r.id)
  UNION ALL SELECT tenant_id, 'a request without its one notice' FROM erasure_request r
    WHERE 1 <> (SELECT count(*) FROM notice n WHERE n.tenant_id = r.tenant_id AND n.request_id = r.id
      AND n.kind = 'erasure.received')`

/** What is in the database and in the store after all of it: every broken promise by name. */
export async function aftermathOf(
  rig: GatewayRig,
  { crowd, watch, shared }: { crowd: readonly CrowdTenant[]; watch: Watch; shared: ReadonlySet<string> },
): Promise<string[]> {
  const owners = await ownersOfMarks(rig)
  const mixed = [...owners].filter(([mark, tenants]) => tenants.size > 1 && !shared.has(mark))
  const rows = await rig.sql(misplaced)
  const perTenant = await Promise.all(crowd.map((tenant) => onceOf(rig, tenant)))
  return [
    ...watch.strangers(owners),
    ...mixed.map(([mark]) => `rows of several tenants hold ${mark}`),
    ...rows.map((row) => JSON.stringify(row)),
    ...perTenant.flat(),
  ]
}

/** Each mutation once: as many things as were made, each under its key, and blobs at their own tenant's alone. */
async function onceOf(rig: GatewayRig, tenant: CrowdTenant): Promise<string[]> {
  const [counted] = await rig.sql(
    `SELECT (SELECT count(*)::int FROM erasure_request WHERE tenant_id = $1) AS "requestErasure",
       (SELECT count(*)::int FROM api_key WHERE tenant_id = $1) AS "createApiKey",
       (SELECT count(*)::int FROM dataset_version WHERE tenant_id = $1) AS "registerDataset"`,
    [tenant.id],
  )
  const kept = await rig.sql('SELECT key, result_id::text AS id FROM idempotency_key WHERE tenant_id = $1', [tenant.id])
  const idOf = new Map(kept.map(({ key, id }) => [key, id]))
  const breaches: string[] = []
  for (const operation of ['requestErasure', 'createApiKey', 'registerDataset'] as const) {
    // One of each was there before.
    const expected = 1 + tenant.made.filter((made) => made.operation === operation).length
    if (counted?.[operation] !== expected)
      breaches.push(`${tenant.slug}: ${operation} made ${String(counted?.[operation])} things instead of ${expected}`)
  }
  for (const { operation, input, id } of tenant.made) {
    if (idOf.get(input['idempotencyKey']) !== id) breaches.push(`${tenant.slug}: ${operation} is kept under another id`)
    if (operation === 'registerDataset' && !(await isKept(rig, tenant.id, input['uploadDigest'])))
      breaches.push(`${tenant.slug}: an upload is not in the store`)
  }
  return breaches
}

const isKept = (rig: GatewayRig, tenantId: string, digest: unknown): Promise<boolean> =>
  rig.gateway.services.artifacts.has(tenantId, Digest.parse(digest))
