import type { DeliveryError } from '@lethe/domain'
import type { Tx } from '../database.js'
import { newId } from '../new-id.js'
import { notify } from './notices.js'

/** A delivery that this process has taken upon itself, with where it goes and the keys that sign it. */
export interface ClaimedDelivery {
  readonly id: string
  readonly tenantId: string
  readonly endpointId: string
  readonly url: string
  readonly body: string
  readonly isPing: boolean
  /** This one counted. */
  readonly attempts: number
  readonly queuedAt: Date
  /** Newest first; those that a rotation left valid for a while sign too. */
  readonly secrets: readonly string[]
}

/**
 * Takes the next due delivery of an endpoint. It counts as attempted from now on and becomes due again after the lease,
 * so that a process that dies in the middle has it repeated.
 */
export async function claimDelivery(
  tx: Tx,
  input: { tenantId: string; endpointId: string; now: Date; leaseMs: number },
): Promise<ClaimedDelivery | null> {
  const { tenantId, endpointId, now, leaseMs } = input
  const due = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM webhook_delivery
    WHERE tenant_id = ${tenantId}::uuid AND endpoint_id = ${endpointId}::uuid AND state = 'QUEUED'
      AND next_attempt_at <= ${now}
    ORDER BY next_attempt_at, id LIMIT 1 FOR UPDATE SKIP LOCKED`
  const id = due[0]?.id
  if (id === undefined) return null
  const delivery = await tx.webhookDelivery.update({
    where: { tenantId_id: { tenantId, id } },
    data: { attempts: { increment: 1 }, nextAttemptAt: new Date(now.getTime() + leaseMs) },
    include: { endpoint: { select: { url: true } } },
  })
  const secrets = await tx.webhookSecret.findMany({
    where: { tenantId, endpointId, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] },
    orderBy: { createdAt: 'desc' },
    select: { secret: true },
  })
  const { body, attempts, queuedAt, noticeId, endpoint } = delivery
  return {
    id,
    tenantId,
    endpointId,
    url: endpoint.url,
    body,
    isPing: noticeId === null,
    attempts,
    queuedAt,
    secrets: secrets.map(({ secret }) => secret),
  }
}

export interface DeliveryOutcome {
  readonly at: Date
  readonly durationMs: number
  /** HTTP status, when there was an answer. */
  readonly status: number | null
  /** Null when it was delivered. */
  readonly error: DeliveryError | null
}

type Key = Pick<ClaimedDelivery, 'id' | 'tenantId' | 'endpointId'>

/** Writes an attempt down, and what follows: delivered, tried again at `retryAt`, or given up when that is null. */
export async function recordAttempt(
  tx: Tx,
  delivery: Key,
  { outcome, retryAt, now }: { outcome: DeliveryOutcome; retryAt: Date | null; now: Date },
): Promise<void> {
  const { tenantId, id } = delivery
  await tx.webhookAttempt.create({ data: { id: newId(now.getTime()), tenantId, deliveryId: id, ...outcome } })
  const next =
    outcome.error === null
      ? { state: 'DELIVERED', settledAt: now }
      : retryAt === null
        ? { state: 'FAILED', settledAt: now }
        : { nextAttemptAt: retryAt }
  await tx.webhookDelivery.updateMany({ where: { tenantId, id, state: 'QUEUED' }, data: next })
}

/** Whether anything reached the endpoint since. */
export const hasDeliveredSince = async (tx: Tx, { tenantId, endpointId }: Key, since: Date): Promise<boolean> =>
  (await tx.webhookDelivery.count({ where: { tenantId, endpointId, state: 'DELIVERED', settledAt: { gte: since } } })) >
  0

/** Nothing more is sent there until a member enables it again; what waits is given up, and members are told. */
export async function disableEndpoint(
  tx: Tx,
  input: { tenantId: string; endpointId: string; reason: 'UNREACHABLE' | 'GONE'; now: Date },
): Promise<void> {
  const { tenantId, endpointId, reason, now } = input
  const { count } = await tx.webhookEndpoint.updateMany({
    where: { tenantId, id: endpointId, state: 'ACTIVE' },
    data: { state: 'DISABLED', disabledReason: reason, updatedAt: now },
  })
  if (count === 0) return
  await giveUpDeliveries(tx, { tenantId, endpointId, now })
  await notify(tx, { tenantId, kind: 'webhook.disabled', data: { endpointId, reason }, now })
}

/** Whatever waits for the endpoint is given up; a replay sends it. */
export const giveUpDeliveries = (tx: Tx, input: { tenantId: string; endpointId: string; now: Date }) =>
  tx.webhookDelivery.updateMany({
    where: { tenantId: input.tenantId, endpointId: input.endpointId, state: 'QUEUED' },
    data: { state: 'FAILED', settledAt: input.now },
  })

/** Sends a delivery again with the same id and body, and with a new budget of attempts. */
export async function requeueDeliveries(
  tx: Tx,
  input: { tenantId: string; ids: readonly string[]; now: Date },
): Promise<void> {
  const { tenantId, ids, now } = input
  await tx.webhookDelivery.updateMany({
    where: { tenantId, id: { in: [...ids] } },
    data: { state: 'QUEUED', attempts: 0, queuedAt: now, nextAttemptAt: now, settledAt: null },
  })
}
