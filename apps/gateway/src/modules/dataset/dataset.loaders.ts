import type { TenantClient } from '@lethe/db'
import { manyByKey, oneById, oneByKey } from '../../graphql/batching.js'

export const datasetLoaders = (db: TenantClient) => ({
  dataset: oneById((ids) => db.dataset.findMany({ where: { id: { in: ids } } })),
  datasetVersion: oneById((ids) => db.datasetVersion.findMany({ where: { id: { in: ids } } })),
  latestDatasetVersion: oneByKey(
    (ids) =>
      db.datasetVersion.findMany({
        where: { datasetId: { in: ids } },
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
