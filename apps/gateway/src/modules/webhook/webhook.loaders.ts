import type { TenantClient } from '@lethe/db'
import { manyByKey, oneById } from '../../graphql/batching.js'

export const webhookLoaders = (db: TenantClient) => ({
  webhook: oneById((ids) => db.webhookEndpoint.findMany({ where: { id: { in: ids }, deletedAt: null } })),
  webhookDelivery: oneById((ids) => db.webhookDelivery.findMany({ where: { id: { in: ids } } })),
  /** Newest first. */
  attemptsOfDelivery: manyByKey(
    (ids) => db.webhookAttempt.findMany({ where: { deliveryId: { in: ids } }, orderBy: { id: 'desc' } }),
    (row) => row.deliveryId,
  ),
})
