import type { Prisma } from '@lethe/db'
import type { Scope } from '../../context.js'
import type { Connection } from '../../graphql/connection.js'
import { connectionOf, isUuid, type Page } from '../../graphql/page.js'
import { shapeDelivery, shapeWebhook } from './webhook.shape.js'
import type { Webhook, WebhookDelivery } from './webhook.types.js'

/** Newest first; without those that were removed. */
export const listWebhooks = ({ db }: Scope, page: Page): Promise<Connection<Webhook>> =>
  connectionOf(page, {
    rows: (take, key) =>
      db.webhookEndpoint.findMany({
        where: { deletedAt: null, ...(key === null ? {} : { id: { lt: key } }) },
        orderBy: { id: 'desc' },
        take,
      }),
    count: () => db.webhookEndpoint.count({ where: { deletedAt: null } }),
    keyOf: (row) => row.id,
    isKey: isUuid,
    node: shapeWebhook,
  })

/** Of one endpoint, newest first. */
export function listDeliveries(
  { db }: Scope,
  endpointId: string,
  page: Page,
  state?: string | null,
): Promise<Connection<WebhookDelivery>> {
  const where: Prisma.WebhookDeliveryWhereInput = { endpointId, ...(state == null ? {} : { state }) }
  return connectionOf(page, {
    rows: (take, key) =>
      db.webhookDelivery.findMany({
        where: key === null ? where : { AND: [where, { id: { lt: key } }] },
        orderBy: { id: 'desc' },
        take,
      }),
    count: () => db.webhookDelivery.count({ where }),
    keyOf: (row) => row.id,
    isKey: isUuid,
    node: shapeDelivery,
  })
}
