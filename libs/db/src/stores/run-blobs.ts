import type { Database, Tx } from '../database.js'

interface RunBlobKey {
  readonly tenantId: string
  readonly runId: string
  readonly digest: string
}

/**
 * A run is about to put a blob. It becomes the run's own unless it was there before as somebody's pack or weights: of such a
 * one nothing is ever deleted as a run's. Several runs may own the same bytes.
 *
 * @param input.isThere asked once nobody can delete the blob as a run's any more
 * @returns whether the blob is the run's own
 */
export async function announceRunBlob(
  tx: Tx,
  input: RunBlobKey & { size: number; isThere: () => Promise<boolean>; now: Date },
): Promise<boolean> {
  const { tenantId, runId, digest, size, now } = input
  const owners = await lockOwners(tx, input)
  if (owners.includes(runId)) return true
  if (owners.length === 0 && (await input.isThere())) return false
  await tx.runBlob.createMany({
    data: [{ tenantId, runId, digest, size: BigInt(size), putAt: now }],
    skipDuplicates: true,
  })
  return true
}

/**
 * The run lets go of a blob of its own; until the transaction ends nobody else puts or lets go of it.
 *
 * @returns null where it is not the run's own; else whether nobody else owns the bytes, so that they are to be deleted
 */
export async function releaseRunBlob(tx: Tx, key: RunBlobKey): Promise<{ isLast: boolean } | null> {
  const owners = await lockOwners(tx, key)
  const { tenantId, runId, digest } = key
  const { count } = await tx.runBlob.deleteMany({ where: { tenantId, runId, digest } })
  return count === 0 ? null : { isLast: owners.every((owner) => owner === runId) }
}

/** A result names these blobs: from now on they are what the result made, and no run's own any more. */
export const keepRunBlobs = (tx: Tx, { tenantId, digests }: { tenantId: string; digests: readonly string[] }) =>
  tx.runBlob.deleteMany({ where: { tenantId, digest: { in: [...digests] } } })

/** Blobs of ended runs that nothing names, of every tenant, oldest first. The registrar's login only. */
export async function readLeftRunBlobs(database: Database): Promise<RunBlobKey[]> {
  const { rows } = await database.pool.query<RunBlobKey>(
    'SELECT tenant_id AS "tenantId", run_id AS "runId", digest FROM left_run_blobs()',
  )
  return rows
}

async function lockOwners(tx: Tx, { tenantId, digest }: Pick<RunBlobKey, 'tenantId' | 'digest'>): Promise<string[]> {
  const owners = await tx.$queryRaw<{ runId: string }[]>`
    SELECT run_id AS "runId" FROM run_blob
    WHERE tenant_id = ${tenantId}::uuid AND digest = ${digest} ORDER BY run_id FOR UPDATE`
  return owners.map(({ runId }) => runId)
}
