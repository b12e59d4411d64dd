import { DomainError } from '@lethe/domain'
import type { Tx } from '../database.js'
import { lockName } from './lock.js'

type QuotaErrorCode = 'QUOTA_RUNS' | 'QUOTA_STORAGE'

const exceeded = (code: QuotaErrorCode, message: string, field?: string) =>
  new DomainError<QuotaErrorCode>(code, message, field)

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

/**
 * Keeps room for an upload until it is registered or too late. Others that are under way count, and so do those that
 * arrived and wait to be registered. Announcing the same bytes again counts once.
 *
 * @throws DomainError QUOTA_STORAGE saying what is left
 */
export async function announceUpload(
  tx: Tx,
  input: { tenantId: string; digest: string; bytes: number; expiresAt: Date; now: Date },
): Promise<void> {
  const { tenantId, digest, bytes, expiresAt, now } = input
  const bound = (await lockQuota(tx, tenantId))?.maxStorageBytes
  if (bound == null) return
  const taken = (await storageBytesOf(tx, tenantId)) + (await bytesUnderWay(tx, { tenantId, but: digest, now }))
  if (taken + BigInt(bytes) > bound)
    throw exceeded(
      'QUOTA_STORAGE',
      `${bytes} bytes do not fit: ${taken < bound ? bound - taken : 0n} of ${bound} are left, counting uploads under way; send less, or ask the platform for more.`,
      'input.sizeBytes',
    )
  await tx.uploadAnnouncement.upsert({
    where: { tenantId_digest: { tenantId, digest } },
    create: { tenantId, digest, size: BigInt(bytes), expiresAt },
    update: { size: BigInt(bytes), expiresAt },
  })
}

/** Announced or arrived, and not registered; each once. */
async function bytesUnderWay(tx: Tx, input: { tenantId: string; but: string; now: Date }): Promise<bigint> {
  const { tenantId, but, now } = input
  const [announced, uploads] = await Promise.all([
    tx.uploadAnnouncement.findMany({ where: { tenantId, digest: { not: but }, expiresAt: { gt: now } } }),
    tx.upload.findMany({ where: { tenantId, digest: { not: but } } }),
  ])
  const sizes = new Map(announced.map(({ digest, size }) => [digest, size]))
  for (const { digest, size, registeredAt } of uploads)
    if (registeredAt === null) sizes.set(digest, size)
    else sizes.delete(digest)
  return [...sizes.values()].reduce((total, size) => total + size, 0n)
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
