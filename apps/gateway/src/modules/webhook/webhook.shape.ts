import type {
  WebhookAttempt as AttemptRow,
  WebhookDelivery as DeliveryRow,
  WebhookEndpoint as EndpointRow,
} from '@lethe/db'
import { DeliveryError, NoticeKind } from '@lethe/domain'
import { z } from 'zod'
import { shape } from '../../graphql/node.js'
import {
  Webhook,
  WebhookAttempt,
  WebhookDelivery,
  WebhookDeliveryState,
  WebhookDisabledReason,
  WebhookState,
} from './webhook.types.js'

const State = z.enum(WebhookState)
const Reason = z.enum(WebhookDisabledReason)
const DeliveryState = z.enum(WebhookDeliveryState)

export const shapeWebhook = (row: EndpointRow): Webhook =>
  shape(Webhook, {
    id: row.id,
    url: row.url,
    description: row.description,
    // A kind that the platform does not know any more is left out.
    kinds: row.kinds.flatMap((kind) => NoticeKind.safeParse(kind).data ?? []),
    state: State.parse(row.state),
    disabledReason: row.disabledReason === null ? null : Reason.parse(row.disabledReason),
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  })

export const shapeDelivery = (row: DeliveryRow): WebhookDelivery =>
  shape(WebhookDelivery, {
    id: row.id,
    type: row.kind,
    body: row.body,
    state: DeliveryState.parse(row.state),
    createdAt: row.createdAt,
    nextAttemptAt: row.settledAt === null ? row.nextAttemptAt : null,
    settledAt: row.settledAt,
  })

export const shapeAttempt = (row: AttemptRow): WebhookAttempt =>
  shape(WebhookAttempt, {
    at: row.at,
    durationMs: row.durationMs,
    status: row.status,
    error: row.error === null ? null : DeliveryError.parse(row.error),
  })
