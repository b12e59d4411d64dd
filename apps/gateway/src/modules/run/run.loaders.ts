import type { TenantClient } from '@lethe/db'
import { inReach, type Reach } from '../auditor-access/case-reach.js'
import { manyByKey, oneById, oneByKey } from '../../graphql/batching.js'

export const runLoaders = (db: TenantClient, reach: () => Promise<Reach>) => ({
  run: oneById(async (ids) => db.run.findMany({ where: { id: { in: inReach(await reach(), 'runIds', ids) } } })),
  runsOfRequest: manyByKey(
    (ids) => db.run.findMany({ where: { requestId: { in: ids } }, orderBy: { id: 'asc' } }),
    (row) => row.requestId ?? '',
  ),
  /** Place in the tenant's line of its kind, from 1. */
  queuePosition: oneByKey(
    async () => {
      const queued = await db.run.findMany({
        where: { state: 'QUEUED' },
        orderBy: [{ queuedAt: 'asc' }, { id: 'asc' }],
        select: { id: true, kind: true },
      })
      const places = new Map<string, number>()
      return queued.map(({ id, kind }) => {
        const position = (places.get(kind) ?? 0) + 1
        places.set(kind, position)
        return { id, position }
      })
    },
    (row) => row.id,
  ),
})
