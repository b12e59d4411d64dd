import type { TenantClient } from '@lethe/db'
import { inReach, type Reach, within } from '../auditor-access/case-reach.js'
import { manyByKey, oneById, oneByKey } from '../../graphql/batching.js'

export const datasetLoaders = (db: TenantClient, reach: () => Promise<Reach>) => ({
  dataset: oneById(async (ids) =>
    db.dataset.findMany({ where: { id: { in: inReach(await reach(), 'datasetIds', ids) } } }),
  ),
  datasetVersion: oneById(async (ids) =>
    db.datasetVersion.findMany({ where: { id: { in: inReach(await reach(), 'datasetVersionIds', ids) } } }),
  ),
  latestDatasetVersion: oneByKey(
    async (ids) =>
      db.datasetVersion.findMany({
        where: { datasetId: { in: ids }, ...within(await reach(), 'datasetVersionIds') },
        orderBy: [{ datasetId: 'asc' }, { number: 'desc' }],
        distinct: ['datasetId'],
      }),
    (row) => row.datasetId,
  ),
  dataOwner: oneById((ids) => db.dataOwner.findMany({ where: { id: { in: ids } } })),
  splitCounts: manyByKey(
    async (ids) => {
      const groups = await db.sample.groupBy({
        by: ['datasetVersionId', 'split'],
        where: { datasetVersionId: { in: ids }, index: { gte: 0 } },
        _count: { _all: true },
        orderBy: [{ datasetVersionId: 'asc' }, { split: 'asc' }],
      })
      return groups.map(({ datasetVersionId, split, _count }) => ({ datasetVersionId, split, count: _count._all }))
    },
    (row) => row.datasetVersionId,
  ),
  ownerCount: oneByKey(
    async (ids) => {
      const pairs = await db.sample.groupBy({
        by: ['datasetVersionId', 'ownerId'],
        where: { datasetVersionId: { in: ids }, index: { gte: 0 } },
      })
      return ids.map((id) => ({ id, count: pairs.filter((pair) => pair.datasetVersionId === id).length }))
    },
    (row) => row.id,
  ),
})
