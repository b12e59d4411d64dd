import { DomainError } from '@lethe/domain'
import type { Tx } from '../database.js'
import { lockName } from './lock.js'

type QuotaErrorCode = 'QUOTA_RUNS' | 'QUOTA_STORAGE'

const exceeded = (code: QuotaErrorCode, message: string) => new DomainError<QuotaErrorCode>(code, message)

/** The tenant's bounds, held until the transaction ends, so that two that ask at once are counted one after the other. */
async function lockQuota(tx: Tx, tenantId: string) {
  await lockName(tx, `quota:${tenantId}`)
  return tx.tenant.findFirst({ where: { id: tenantId }, select: { maxConcurrentRuns: true, maxStorageBytes: true } })
}

/**
 * For runs that a tenant starts for itself. What an erasure starts is never held up: its deadline is a statute's, and
 * forgetting must not wait for a bound that training has used up.
 *
 * @throws DomainError QUOTA_RUNS
 */
export async function assertRunAllowed(tx: Tx, tenantId: string): Promise<void> {
  const bound = (await lockQuota(tx, tenantId))?.maxConcurrentRuns
  if (bound == null) return
  const active = await tx.run.count({ where: { tenantId, state: { in: ['QUEUED', 'RUNNING'] } } })
  if (active < bound) return
  throw exceeded(
    'QUOTA_RUNS',
    `${active} runs are queued or running, and the tenant may have ${bound}; wait for one to end, or cancel one.`,
  )
}

/** @throws DomainError QUOTA_STORAGE unless this many more bytes may be kept */
export async function assertStorageAllowed(tx: Tx, tenantId: string, bytes: number): Promise<void> {
  const bound = (await lockQuota(tx, tenantId))?.maxStorageBytes
  if (bound == null) return
  const kept = await storageBytesOf(tx, tenantId)
  if (kept + BigInt(bytes) <= bound) return
  throw exceeded(
    'QUOTA_STORAGE',
    `${kept} of ${bound} bytes are kept already and ${bytes} more do not fit; ask the platform for more.`,
  )
}

/** Uploads, packs, weights, states and bundles that are kept; as `platform_tenants` counts them. */
async function storageBytesOf(tx: Tx, tenantId: string): Promise<bigint> {
  const sums = await Promise.all([
    tx.datasetVersion.aggregate({ where: { tenantId, uploadDestroyedAt: null }, _sum: { uploadSize: true } }),
    tx.datasetVersion.aggregate({ where: { tenantId }, _sum: { packSize: true, samplesSize: true } }),
    tx.modelVersion.aggregate({ where: { tenantId, destroyedAt: null }, _sum: { weightsSize: true, stateSize: true } }),
    tx.evidenceBundle.aggregate({ where: { tenantId }, _sum: { size: true } }),
  ])
  return sums
    .flatMap(({ _sum }) => Object.values(_sum as Record<string, bigint | null>))
    .reduce<bigint>((total, size) => total + (size ?? 0n), 0n)
}
