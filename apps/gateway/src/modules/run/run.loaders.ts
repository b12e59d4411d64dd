import type { TenantClient } from '@lethe/db'
import { inReach, type Reach } from '../auditor-access/case-reach.js'
import { manyByKey, oneById, oneByKey } from '../../graphql/batching.js'

export const runLoaders = (db: TenantClient, reach: () => Promise<Reach>) => ({
  run: oneById(async (ids) => db.run.findMany({ where: { id: { in: inReach(await reach(), 'runIds', ids) } } })),
  /** Those of a run that several requests share are runs of each. */
  runsOfRequest: manyByKey(
    async (ids) => {
      const items = await db.planItem.findMany({
        where: { requestId: { in: ids }, resultVersionId: { not: null } },
        select: { requestId: true, resultVersionId: true },
      })
      const shared = items.flatMap(({ resultVersionId }) => resultVersionId ?? [])
      const runs = await db.run.findMany({
        where: { OR: [{ requestId: { in: ids } }, { kind: 'unlearn', modelVersionId: { in: shared } }] },
        orderBy: { id: 'asc' },
      })
      return runs.map((run) => ({
        ...run,
        of: items.flatMap((item) =>
          run.kind === 'unlearn' && item.resultVersionId === run.modelVersionId ? [item.requestId] : [],
        ),
      }))
    },
    ({ requestId, of }) => [...new Set(requestId === null ? of : [requestId, ...of])],
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
