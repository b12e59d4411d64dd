import type { TenantClient } from '@lethe/db'
import { oneByKey } from '../../graphql/batching.js'

export const evidenceLoaders = (db: TenantClient) => ({
  /** Under the only key `newest`. */
  newestCheckpoint: oneByKey(
    async () => db.logCheckpoint.findMany({ orderBy: { size: 'desc' }, take: 1 }),
    () => 'newest',
  ),
})
