import { readLeftRunBlobs } from '@lethe/db'
import type { Digest } from '@lethe/domain'
import type { RegistrarContext } from '../registrar-context.js'
import { letGoOfBlob } from './let-go-of-blob.js'

/**
 * Deletes what runs put that ended without naming it: of a cancelled or failed run all that it had stored, of any run what its
 * worker did not come to delete.
 */
export async function removeLeftBlobs(context: RegistrarContext): Promise<void> {
  const { db, artifacts, logger } = context
  for (const { tenantId, runId, digest } of await readLeftRunBlobs(db))
    if (await letGoOfBlob(context, { tenantId, runId, digest }, () => artifacts.delete(tenantId, digest as Digest)))
      logger.info({ tenantId, runId, digest }, 'blob deleted that its run left behind')
}
