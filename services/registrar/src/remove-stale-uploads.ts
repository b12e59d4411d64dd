import { forgetStaleUpload, readStaleUploads } from '@lethe/db'
import type { Digest } from '@lethe/domain'
import type { RegistrarContext } from './registrar-context.js'

const keepMs = 24 * 3_600_000

/**
 * Deletes uploads that nobody registered within a day. The blob goes while its row is held: whoever registers it at the
 * same moment finds it before, or not at all.
 */
export async function removeStaleUploads({ db, artifacts, logger, now }: RegistrarContext): Promise<void> {
  const before = new Date(now().getTime() - keepMs)
  for (const { tenantId, digest } of await readStaleUploads(db, before)) {
    await db.forTenant(tenantId).$transaction(async (tx) => {
      if (!(await forgetStaleUpload(tx, { tenantId, digest, before }))) return
      await artifacts.delete(tenantId, digest as Digest)
      logger.info({ tenantId, digest }, 'upload deleted that nobody registered')
    })
  }
}
