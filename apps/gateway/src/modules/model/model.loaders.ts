import type { TenantClient } from '@lethe/db'
import { inReach, type Reach, within } from '../auditor-access/case-reach.js'
import { manyByKey, oneById, oneByKey } from '../../graphql/batching.js'

export const modelLoaders = (db: TenantClient, reach: () => Promise<Reach>) => ({
  model: oneById(async (ids) => db.model.findMany({ where: { id: { in: inReach(await reach(), 'modelIds', ids) } } })),
  modelVersion: oneById(async (ids) =>
    db.modelVersion.findMany({ where: { id: { in: inReach(await reach(), 'modelVersionIds', ids) } } }),
  ),
  childVersions: manyByKey(
    async (ids) =>
      db.modelVersion.findMany({
        where: { parentId: { in: ids }, ...within(await reach(), 'modelVersionIds') },
        orderBy: { number: 'asc' },
      }),
    (row) => row.parentId ?? '',
  ),
  versionsOfDataset: manyByKey(
    async (ids) =>
      db.modelVersion.findMany({
        where: { datasetVersionId: { in: ids }, ...within(await reach(), 'modelVersionIds') },
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
