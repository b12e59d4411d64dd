import type { TenantClient } from '@lethe/db'
import { oneByKey } from '../../graphql/batching.js'

export const clockLoaders = (db: TenantClient) => ({
  clockOfRequest: oneByKey(
    (ids) => db.slaClock.findMany({ where: { requestId: { in: ids } }, include: { events: true } }),
    (row) => row.requestId,
  ),
})
