import type { JsMsg } from '@nats-io/jetstream'
import { headers } from 'nats'
import type { Bus } from './bus.js'
import { deadSubject } from './subjects.js'

export const deadLetterHeader = { reason: 'Lethe-Reason', deliveries: 'Lethe-Deliveries' } as const

/** Keeps the bytes exactly as they came, with the reason beside them; then nothing delivers them again. */
export async function bury(bus: Bus, message: JsMsg, reason: string): Promise<void> {
  const beside = headers()
  beside.set(deadLetterHeader.reason, reason)
  beside.set(deadLetterHeader.deliveries, String(message.info.deliveryCount))
  await bus.js.publish(deadSubject(message.subject), message.data, {
    headers: beside,
    msgID: `dead:${message.info.stream}:${message.seq}`,
  })
  message.term(reason.slice(0, 200))
}
