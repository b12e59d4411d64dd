import type { TenantClient } from '@lethe/db'
import { manyByKey, oneByKey } from '../../graphql/batching.js'

export const clockLoaders = (db: TenantClient) => ({
  clockOfRequest: oneByKey(
    (ids) => db.slaClock.findMany({ where: { requestId: { in: ids } }, include: { events: true } }),
    (row) => row.requestId,
  ),
  noticesOfClock: manyByKey(
    (ids) => db.clockNotice.findMany({ where: { clockId: { in: ids } }, orderBy: { at: 'asc' } }),
    (row) => row.clockId,
  ),
  /** The newest of each clock. */
  forecastOfClock: oneByKey(
    (ids) =>
      db.breachForecast.findMany({
        where: { clockId: { in: ids } },
        distinct: ['clockId'],
        orderBy: [{ clockId: 'asc' }, { day: 'desc' }],
      }),
    (row) => row.clockId,
  ),
})
