import { blobsInUse, releaseRunBlob } from '@lethe/db'
import type { RegistrarContext } from '../registrar-context.js'

/** Bytes are stored or overwritten while a row is held. */
export const patient = { maxWait: 30_000, timeout: 120_000 }

interface RunBlobKey {
  readonly tenantId: string
  readonly runId: string
  readonly digest: string
}

/**
 * A run lets go of a blob of its own, and its bytes go by `erase` unless another run or a row of the tenant has them, too. The
 * row goes with the bytes or not at all.
 *
 * @returns false where it was not the run's own
 */
export const letGoOfBlob = (
  { db }: Pick<RegistrarContext, 'db'>,
  key: RunBlobKey,
  erase: () => Promise<unknown>,
): Promise<boolean> =>
  db.forTenant(key.tenantId).$transaction(async (tx) => {
    const released = await releaseRunBlob(tx, key)
    if (released === null) return false
    const inUse = await blobsInUse(tx, { tenantId: key.tenantId, things: [], digests: [key.digest] })
    if (released.isLast && inUse.size === 0) await erase()
    return true
  }, patient)
