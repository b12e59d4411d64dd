import type { TenantClient } from '@lethe/db'
import { oneByKey } from '../../graphql/batching.js'

export const identityChallengeLoaders = (db: TenantClient) => ({
  /** The newest. */
  challengeOfRequest: oneByKey(
    (ids) => db.identityChallenge.findMany({ where: { requestId: { in: ids } }, orderBy: { sentAt: 'asc' } }),
    (row) => row.requestId,
  ),
})
