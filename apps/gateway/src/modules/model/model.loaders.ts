import type { TenantClient } from '@lethe/db'
import { manyByKey, oneById, oneByKey } from '../../graphql/batching.js'

export const modelLoaders = (db: TenantClient) => ({
  model: oneById((ids) => db.model.findMany({ where: { id: { in: ids } } })),
  modelVersion: oneById((ids) => db.modelVersion.findMany({ where: { id: { in: ids } } })),
  childVersions: manyByKey(
    (ids) => db.modelVersion.findMany({ where: { parentId: { in: ids } }, orderBy: { number: 'asc' } }),
    (row) => row.parentId ?? '',
  ),
  versionsOfDataset: manyByKey(
    (ids) =>
      db.modelVersion.findMany({
        where: { datasetVersionId: { in: ids } },
        orderBy: [{ modelId: 'asc' }, { number: 'asc' }],
      }),
    (row) => row.datasetVersionId,
  ),
  /** How many samples a forget set of the tenant has, by its digest. */
  forgetCount: oneByKey(
    async (digests) => {
      const requests = await db.erasureRequest.findMany({
        where: { forgetDigest: { in: digests } },
        select: { forgetDigest: true, forgetCount: true },
        distinct: ['forgetDigest'],
      })
      return requests
    },
    (row) => row.forgetDigest,
  ),
})
