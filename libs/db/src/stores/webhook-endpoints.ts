import { randomBytes } from 'node:crypto'
import { webhookBody } from '@lethe/domain'
import type { Tx } from '../database.js'
import { databaseError } from '../errors.js'
import { newId } from '../new-id.js'
import { deliveryOf } from './dispatch-notices.js'
import { giveUpDeliveries, requeueDeliveries } from './webhook-deliveries.js'

interface Key {
  readonly tenantId: string
  readonly endpointId: string
  readonly now: Date
}

/** Symmetric key of Standard Webhooks: 32 random bytes. */
export const newWebhookSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`

/** Most deliveries that one replay sends again. */
const mostReplayed = 1000

export async function createWebhookEndpoint(
  tx: Tx,
  input: {
    tenantId: string
    url: string
    description: string
    kinds: readonly string[]
    secret: string
    createdBy: string
    now: Date
  },
): Promise<{ id: string }> {
  const { tenantId, url, description, kinds, secret, createdBy, now } = input
  const id = newId(now.getTime())
  await tx.webhookEndpoint.create({
    data: { id, tenantId, url, description, kinds: [...kinds], createdBy, createdAt: now, updatedAt: now },
  })
  await addSecret(tx, { tenantId, endpointId: id, secret, now })
  return { id }
}

/** From now on the new key signs, and for a while the one before as well. */
export async function rotateWebhookSecret(tx: Tx, input: Key & { secret: string; overlapMs: number }): Promise<void> {
  const { tenantId, endpointId, secret, overlapMs, now } = input
  // An older one that is still valid ends at once: two keys sign at most.
  await tx.webhookSecret.deleteMany({ where: { tenantId, endpointId, expiresAt: { not: null } } })
  await tx.webhookSecret.updateMany({
    where: { tenantId, endpointId },
    data: { expiresAt: new Date(now.getTime() + overlapMs) },
  })
  await addSecret(tx, { tenantId, endpointId, secret, now })
}

/** Without giving back what was written: the gateway's login may not read it. */
const addSecret = (tx: Tx, { tenantId, endpointId, secret, now }: Key & { secret: string }) => tx.$executeRaw`
  INSERT INTO webhook_secret (id, tenant_id, endpoint_id, secret, created_at)
  VALUES (${newId(now.getTime())}::uuid, ${tenantId}::uuid, ${endpointId}::uuid, ${secret}, ${now})`

/** Nothing is sent there any more; deliveries and attempts stay on record, keys do not. */
export async function removeWebhookEndpoint(tx: Tx, { tenantId, endpointId, now }: Key): Promise<void> {
  await giveUpDeliveries(tx, { tenantId, endpointId, now })
  await tx.webhookSecret.deleteMany({ where: { tenantId, endpointId } })
  await tx.webhookEndpoint.update({
    where: { tenantId_id: { tenantId, id: endpointId } },
    data: { deletedAt: now, updatedAt: now },
  })
}

/** One message that says nothing, tried once, to see whether the endpoint answers. */
export async function pingWebhook(tx: Tx, { tenantId, endpointId, now }: Key): Promise<{ id: string }> {
  const id = newId(now.getTime())
  const type = 'webhook.ping'
  await tx.webhookDelivery.create({
    data: {
      id,
      tenantId,
      endpointId,
      kind: type,
      body: webhookBody({ type, timestamp: now, data: { tenantId, endpointId } }),
      createdAt: now,
      queuedAt: now,
      nextAttemptAt: now,
    },
  })
  return { id }
}

/**
 * Sends again what happened in a range of time: deliveries that were made with their ids and bodies, and those that a
 * disabled endpoint missed.
 *
 * @returns how many are sent
 * @throws DomainError WEBHOOK_REPLAY_TOO_LARGE
 */
export async function replayWebhook(
  tx: Tx,
  input: Key & { from: Date; to: Date; onlyFailed: boolean },
): Promise<number> {
  const { tenantId, endpointId, from, to, onlyFailed, now } = input
  const endpoint = await tx.webhookEndpoint.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id: endpointId } } })
  const notices = await tx.notice.findMany({
    where: { tenantId, kind: { in: endpoint.kinds }, createdAt: { gte: from, lte: to }, dispatchedAt: { not: null } },
    orderBy: { id: 'asc' },
    take: mostReplayed + 1,
  })
  if (notices.length > mostReplayed)
    throw databaseError(
      'WEBHOOK_REPLAY_TOO_LARGE',
      `More than ${mostReplayed} notices fall into this range; replay it in parts.`,
      'input.to',
    )
  const known = await tx.webhookDelivery.findMany({
    where: { tenantId, endpointId, noticeId: { in: notices.map(({ id }) => id) } },
    select: { id: true, noticeId: true, state: true },
  })
  const again = known.filter(({ state }) => state === 'FAILED' || (state === 'DELIVERED' && !onlyFailed))
  await requeueDeliveries(tx, { tenantId, ids: again.map(({ id }) => id), now })
  const had = new Set(known.map(({ noticeId }) => noticeId))
  const missed = notices.filter(({ id }) => !had.has(id))
  await tx.webhookDelivery.createMany({ data: missed.map((notice) => deliveryOf(endpoint, notice, now)) })
  return again.length + missed.length
}
