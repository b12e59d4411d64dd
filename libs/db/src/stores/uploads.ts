import type { Database, Tx } from '../database.js'

interface UploadKey {
  readonly tenantId: string
  readonly digest: string
}

/**
 * A blob is about to be kept that was not there before: it stays for a while though nothing is registered of it. One that
 * was there already, as somebody's pack or weights, is not counted among uploads and so never deleted as one.
 */
export async function touchUpload(
  tx: Tx,
  { tenantId, digest, size, isNew, now }: UploadKey & { size: number; isNew: boolean; now: Date },
): Promise<void> {
  const { count } = await tx.upload.updateMany({ where: { tenantId, digest }, data: { touchedAt: now } })
  if (count > 0 || !isNew) return
  await tx.upload.createMany({
    data: [{ tenantId, digest, size: BigInt(size), touchedAt: now }],
    skipDuplicates: true,
  })
}

/** Something was registered of it: it lives as long as that does. */
export const keepUpload = (tx: Tx, { tenantId, digest, now }: UploadKey & { now: Date }) =>
  tx.upload.updateMany({ where: { tenantId, digest, registeredAt: null }, data: { registeredAt: now } })

/** Uploads of every tenant that nobody had to do with since. The registrar's login only. */
export async function readStaleUploads(database: Database, before: Date): Promise<UploadKey[]> {
  const { rows } = await database.pool.query<UploadKey>(
    'SELECT tenant_id AS "tenantId", digest FROM stale_uploads($1)',
    [before],
  )
  return rows
}

/**
 * Holds a stale upload until the transaction ends and forgets it, so that whoever registers it meanwhile waits and then
 * finds it gone.
 *
 * @returns false when somebody registered or touched it meanwhile
 */
export async function forgetStaleUpload(
  tx: Tx,
  { tenantId, digest, before }: UploadKey & { before: Date },
): Promise<boolean> {
  const { count } = await tx.upload.deleteMany({
    where: { tenantId, digest, registeredAt: null, touchedAt: { lt: before } },
  })
  if (count === 0) return false
  return (await tx.datasetVersion.count({ where: { tenantId, uploadDigest: digest, uploadDestroyedAt: null } })) === 0
}
