import { z } from 'zod'
import { DomainError } from './errors.js'
import { NoticeKind } from './notice.js'

/** `public`: https to public addresses only. `any`: also http and addresses of this machine or network, for tests. */
export const WebhookTargets = z.enum(['public', 'any'])
export type WebhookTargets = z.infer<typeof WebhookTargets>

/** What a delivery is of: a notice, or the ping that tries an endpoint out. */
export const DeliveryKind = z.enum(['webhook.ping', ...NoticeKind.options])
export type DeliveryKind = z.infer<typeof DeliveryKind>

/** Why an attempt of a delivery failed. */
export const DeliveryError = z.enum([
  'ADDRESS_NOT_PUBLIC',
  'NAME_NOT_FOUND',
  'CONNECTION_FAILED',
  'TLS_FAILED',
  'TIMEOUT',
  'REDIRECTED',
  'STATUS_NOT_OK',
])
export type DeliveryError = z.infer<typeof DeliveryError>

/**
 * An address that deliveries may be sent to, as far as its text shows; where its name leads is seen when it is used.
 *
 * @throws DomainError WEBHOOK_URL_INVALID
 */
export function parseWebhookUrl(text: string, targets: WebhookTargets, field: string): URL {
  const refuse = (message: string) => new DomainError('WEBHOOK_URL_INVALID', message, field)
  if (text.length > 2000 || !URL.canParse(text)) throw refuse('Give a whole address, such as https://example.com/hook.')
  const url = new URL(text)
  if (url.protocol !== 'https:' && !(targets === 'any' && url.protocol === 'http:'))
    throw refuse('Deliveries go to https addresses only.')
  if (url.username !== '' || url.password !== '')
    throw refuse('Leave name and password out of the address; verify signatures instead.')
  if (url.hash !== '') throw refuse('Leave out what follows #; it is never sent.')
  return url
}

/** Exactly what is sent: the payload of Standard Webhooks, thin, in UTF-8. */
export const webhookBody = (payload: {
  readonly type: DeliveryKind
  readonly timestamp: Date
  readonly data: Readonly<Record<string, unknown>>
}): string => JSON.stringify({ type: payload.type, timestamp: payload.timestamp.toISOString(), data: payload.data })
