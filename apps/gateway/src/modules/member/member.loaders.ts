import type { TenantClient } from '@lethe/db'
import DataLoader from 'dataloader'
import { manyByKey } from '../../graphql/batching.js'
import type { Memberships } from '../../identity/memberships.js'

export const memberLoaders = (db: TenantClient, memberships: Memberships) => ({
  /** Of whom a change of membership names: they may have left since. */
  nameOnRecord: new DataLoader<string, string>(async (ids) => {
    const names = await memberships.namesOnRecord(ids)
    return ids.map((id) => names.get(id) ?? 'Somebody')
  }),
  /** Newest first. */
  membershipChangesOfPerson: manyByKey(
    (ids) => db.membershipChange.findMany({ where: { userId: { in: ids } }, orderBy: { number: 'desc' } }),
    (row) => row.userId,
  ),
})
