import { publishProgress } from '@lethe/bus'
import { newId } from '@lethe/db'
import { RunId, TenantId } from '@lethe/domain'
import type { GatewayRig, TestTenant } from './gateway-rig.js'

/** A run that no worker holds. */
export async function seedRun({ sql }: Pick<GatewayRig, 'sql'>, tenant: Pick<TestTenant, 'id'>): Promise<RunId> {
  const runId = RunId.parse(newId())
  await sql(`INSERT INTO run (id, tenant_id, kind, task) VALUES ($1, $2, 'pretrain', '{}')`, [runId, tenant.id])
  return runId
}

/** What a worker would say of a run. */
export const sayProgress = (
  { bus }: Pick<GatewayRig, 'bus'>,
  tenant: Pick<TestTenant, 'id'>,
  runId: RunId,
  progress: { readonly fraction: number; readonly epoch?: number },
) =>
  publishProgress(
    bus,
    {
      version: 1,
      tenantId: TenantId.parse(tenant.id),
      runId,
      runKind: 'pretrain',
      attempt: 1,
      worker: 'w',
      device: 'd',
      at: new Date().toISOString(),
      progress: { phase: 'train', ...progress },
    },
    'a grant',
  )
