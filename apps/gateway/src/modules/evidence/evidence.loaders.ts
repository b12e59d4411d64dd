import type { TenantClient } from '@lethe/db'
import { oneByKey } from '../../graphql/batching.js'

export const evidenceLoaders = (db: TenantClient) => ({
  /** Under the only key `newest`: how many entries the newest log checkpoint covers. */
  newestCheckpointSize: oneByKey(
    async () => {
      const newest = await db.logCheckpoint.findFirst({ orderBy: { size: 'desc' }, select: { size: true } })
      return newest === null ? [] : [{ key: 'newest', size: Number(newest.size) }]
    },
    (row) => row.key,
  ),
})
