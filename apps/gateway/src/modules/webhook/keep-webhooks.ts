import {
  createWebhookEndpoint,
  giveUpDeliveries,
  newWebhookSecret,
  pingWebhook,
  removeWebhookEndpoint,
  replayWebhook as replayRange,
  requeueDeliveries,
  rotateWebhookSecret as rotateSecret,
  type Tx,
  type WebhookEndpoint,
} from '@lethe/db'
import {
  DomainError,
  type EvidenceEntry,
  type EvidencePredicate,
  type NoticeKind,
  parseWebhookUrl,
} from '@lethe/domain'
import type { Scope } from '../../context.js'
import { isUuid } from '../../graphql/page.js'
import { runOnce } from '../../graphql/run-once.js'

const mostEndpoints = 20
const mostOverlapHours = 168
const hourMs = 3_600_000

interface Named {
  readonly idempotencyKey: string
  readonly webhookId: string
}

/** Adds an endpoint. The secret is null when the same mutation was done before: it is shown once. */
export async function createWebhook(
  scope: Scope,
  input: { idempotencyKey: string; url: string; description: string; kinds: NoticeKind[] },
): Promise<{ id: string; secret: string | null }> {
  let shown: string | null = null
  const id = await runOnce(scope, 'createWebhook', input, async (tx, now) => {
    const { tenantId, viewer } = scope
    const known = await tx.webhookEndpoint.count({ where: { tenantId, deletedAt: null } })
    if (known >= mostEndpoints)
      throw new DomainError('WEBHOOK_TOO_MANY', `A tenant has at most ${mostEndpoints} webhooks; remove one first.`)
    const secret = newWebhookSecret()
    const created = await createWebhookEndpoint(tx, {
      tenantId,
      url: checkUrl(scope, input.url),
      description: checkDescription(input.description),
      kinds: checkKinds(input.kinds),
      secret,
      createdBy: viewer.userId,
      now,
    })
    shown = secret
    return { id: created.id, evidence: [await evidenceOf(tx, scope, 'created', created.id)] }
  })
  return { id, secret: shown }
}

/** Changes what is given and leaves the rest. Enabling sends what happens from now on; a replay makes up for the rest. */
export const updateWebhook = (
  scope: Scope,
  input: Named & {
    url?: string | null
    description?: string | null
    kinds?: NoticeKind[] | null
    isEnabled?: boolean | null
  },
): Promise<string> =>
  runOnce(scope, 'updateWebhook', input, async (tx, now) => {
    const { tenantId } = scope
    const { id } = await findWebhook(tx, input.webhookId)
    if (input.isEnabled === false) await giveUpDeliveries(tx, { tenantId, endpointId: id, now })
    await tx.webhookEndpoint.update({
      where: { tenantId_id: { tenantId, id } },
      data: {
        updatedAt: now,
        ...(input.url == null ? {} : { url: checkUrl(scope, input.url) }),
        ...(input.description == null ? {} : { description: checkDescription(input.description) }),
        ...(input.kinds == null ? {} : { kinds: checkKinds(input.kinds) }),
        ...(input.isEnabled == null
          ? {}
          : input.isEnabled
            ? { state: 'ACTIVE', disabledReason: null }
            : { state: 'DISABLED', disabledReason: 'BY_MEMBER' }),
      },
    })
    return { id, evidence: [await evidenceOf(tx, scope, 'changed', id)] }
  })

/** A new key. The secret is null when the same mutation was done before: it is shown once. */
export async function rotateWebhookSecret(
  scope: Scope,
  input: Named & { overlapHours: number },
): Promise<{ id: string; secret: string | null }> {
  let shown: string | null = null
  const id = await runOnce(scope, 'rotateWebhookSecret', input, async (tx, now) => {
    const { overlapHours } = input
    if (overlapHours < 0 || overlapHours > mostOverlapHours)
      throw new DomainError('INVALID_INPUT', `Overlap 0 to ${mostOverlapHours} hours.`, 'input.overlapHours')
    const { id: endpointId } = await findWebhook(tx, input.webhookId)
    const secret = newWebhookSecret()
    const { tenantId } = scope
    await rotateSecret(tx, { tenantId, endpointId, secret, overlapMs: overlapHours * hourMs, now })
    shown = secret
    return { id: endpointId, evidence: [await evidenceOf(tx, scope, 'secret-rotated', endpointId)] }
  })
  return { id, secret: shown }
}

export const deleteWebhook = (scope: Scope, input: Named): Promise<string> =>
  runOnce(scope, 'deleteWebhook', input, async (tx, now) => {
    const { id } = await findWebhook(tx, input.webhookId)
    await removeWebhookEndpoint(tx, { tenantId: scope.tenantId, endpointId: id, now })
    return { id, evidence: [await evidenceOf(tx, scope, 'removed', id)] }
  })

/** @returns id of the ping's delivery */
export const testWebhook = (scope: Scope, input: Named): Promise<string> =>
  runOnce(scope, 'testWebhook', input, async (tx, now) => {
    const { id: endpointId } = await findWebhook(tx, input.webhookId)
    const { id } = await pingWebhook(tx, { tenantId: scope.tenantId, endpointId, now })
    return { id, evidence: [] }
  })

export const replayWebhookDelivery = (
  scope: Scope,
  input: { idempotencyKey: string; deliveryId: string },
): Promise<string> =>
  runOnce(scope, 'replayWebhookDelivery', input, async (tx, now) => {
    const { deliveryId } = input
    const delivery = isUuid(deliveryId) ? await tx.webhookDelivery.findFirst({ where: { id: deliveryId } }) : null
    if (delivery === null) throw new DomainError('NOT_FOUND', 'There is no such delivery.', 'input.deliveryId')
    assertActive(await findWebhook(tx, delivery.endpointId), 'input.deliveryId')
    await requeueDeliveries(tx, { tenantId: scope.tenantId, ids: [deliveryId], now })
    return { id: deliveryId, evidence: [] }
  })

/** Sends a range of time again; the count is null when the same mutation was done before. */
export async function replayWebhook(
  scope: Scope,
  input: Named & { from: Date; to: Date; onlyFailed: boolean },
): Promise<{ id: string; count: number | null }> {
  let count: number | null = null
  const id = await runOnce(scope, 'replayWebhook', input, async (tx, now) => {
    const { from, to, onlyFailed } = input
    if (from > to) throw new DomainError('INVALID_INPUT', 'Give the earlier instant first.', 'input.from')
    const endpoint = await findWebhook(tx, input.webhookId)
    assertActive(endpoint, 'input.webhookId')
    count = await replayRange(tx, { tenantId: scope.tenantId, endpointId: endpoint.id, from, to, onlyFailed, now })
    return { id: endpoint.id, evidence: [] }
  })
  return { id, count }
}

async function findWebhook(tx: Tx, id: string): Promise<WebhookEndpoint> {
  const found = isUuid(id) ? await tx.webhookEndpoint.findFirst({ where: { id, deletedAt: null } }) : null
  if (found === null) throw new DomainError('NOT_FOUND', 'There is no such webhook.', 'input.webhookId')
  return found
}

type WebhookChange = EvidencePredicate<'webhook-changed/v1'>['change']

/** Of the endpoint as the change leaves it. */
async function evidenceOf(
  tx: Tx,
  { tenantId, viewer, services }: Scope,
  change: WebhookChange,
  id: string,
): Promise<EvidenceEntry> {
  const { url, kinds, state, deletedAt } = await tx.webhookEndpoint.findFirstOrThrow({ where: { id } })
  return {
    kind: 'webhook-changed/v1',
    subjects: [],
    predicate: {
      change,
      webhookId: id,
      target: services.commitToName({ tenantId, name: url }),
      kinds,
      enabled: state === 'ACTIVE' && deletedAt === null,
      changedBy: services.commitToPerson(viewer),
    },
  }
}

function assertActive({ state }: WebhookEndpoint, field: string): void {
  if (state === 'ACTIVE') return
  throw new DomainError('WEBHOOK_DISABLED', 'The webhook is disabled; enable it, then replay.', field)
}

const checkUrl = ({ services }: Scope, url: string): string =>
  parseWebhookUrl(url, services.webhookTargets, 'input.url').href

function checkDescription(description: string): string {
  if (description.length <= 200) return description.trim()
  throw new DomainError('INVALID_INPUT', 'Describe the webhook in at most 200 characters.', 'input.description')
}

function checkKinds(kinds: readonly NoticeKind[]): NoticeKind[] {
  if (kinds.length > 0) return [...new Set(kinds)]
  throw new DomainError('INVALID_INPUT', 'Choose at least one kind of notice.', 'input.kinds')
}
