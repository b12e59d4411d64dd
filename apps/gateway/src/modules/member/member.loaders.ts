import type { TenantClient } from '@lethe/db'
import { manyByKey } from '../../graphql/batching.js'

export const memberLoaders = (db: TenantClient) => ({
  /** Newest first. */
  membershipChangesOfPerson: manyByKey(
    (ids) => db.membershipChange.findMany({ where: { userId: { in: ids } }, orderBy: { number: 'desc' } }),
    (row) => row.userId,
  ),
})
