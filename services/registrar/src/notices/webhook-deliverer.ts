import {
  claimDelivery,
  type ClaimedDelivery,
  type DeliveryOutcome,
  disableEndpoint,
  type DueWebhook,
  hasDeliveredSince,
  readWebhooksDue,
  recordAttempt,
} from '@lethe/db'
import type { WebhookTargets } from '@lethe/domain'
import type { RegistrarContext } from '../registrar-context.js'
import { WakeableLoop } from '../wakeable-loop.js'
import { retryAt } from './retry-schedule.js'
import { type SendOutcome, sendWebhook } from './send-webhook.js'

export interface WebhookOptions {
  readonly targets: WebhookTargets
  readonly timeoutMs: number
}

const pollMs = 1000
const retryMs = 1000
/** Endpoints that are served at the same time. A tenant whose receivers are slow uses up its own share only. */
const mostLanes = 256
const mostLanesOfTenant = 4
/** A lane gives way after so many, so that a tenant with many waits its turn. */
const mostOfTurn = 50
const gone = 410

/**
 * Delivers to webhooks. Each endpoint has a lane: one message after the other, oldest first; lanes do not wait for each
 * other. A message that fails lets the next ones pass and is tried again for about a day; an endpoint that nothing
 * reached in that time is disabled. What was in hand when the process died is sent again, with the same id.
 */
export class WebhookDeliverer {
  readonly #loop: WakeableLoop
  readonly #lanes = new Map<string, { tenantId: string; done: Promise<void> }>()
  readonly #end = new AbortController()

  constructor(
    private readonly context: RegistrarContext,
    private readonly options: WebhookOptions,
  ) {
    const { logger } = context
    this.#loop = new WakeableLoop({ name: 'webhooks', logger, intervalMs: pollMs, retryMs, work: () => this.#open() })
  }

  wake(): void {
    this.#loop.wake()
  }

  /** What is in hand is broken off and sent again by the next process. */
  async stop(): Promise<void> {
    await this.#loop.stop()
    this.#end.abort(new Error('The registrar stops.'))
    await Promise.all([...this.#lanes.values()].map(({ done }) => done))
  }

  async #open(): Promise<void> {
    for (const due of await readWebhooksDue(this.context.db, this.context.now())) {
      if (this.#lanes.has(due.endpointId) || this.#lanes.size >= mostLanes) continue
      const own = [...this.#lanes.values()].filter(({ tenantId }) => tenantId === due.tenantId).length
      if (own >= mostLanesOfTenant) continue
      this.#lanes.set(due.endpointId, { tenantId: due.tenantId, done: this.#serve(due) })
    }
  }

  async #serve(due: DueWebhook): Promise<void> {
    try {
      for (let turn = 0; turn < mostOfTurn && !this.#end.signal.aborted; turn++)
        if (!(await this.#deliverNext(due))) break
    } catch (error) {
      if (!this.#end.signal.aborted)
        this.context.logger.warn({ err: error, ...due }, 'webhook put off after an accident')
    } finally {
      this.#lanes.delete(due.endpointId)
      this.#loop.wake()
    }
  }

  /** @returns false when nothing is due */
  async #deliverNext({ tenantId, endpointId }: DueWebhook): Promise<boolean> {
    const { db, now } = this.context
    const client = db.forTenant(tenantId)
    const leaseMs = this.options.timeoutMs * 2
    const delivery = await client.$transaction((tx) => claimDelivery(tx, { tenantId, endpointId, now: now(), leaseMs }))
    if (delivery === null) return false
    const at = now()
    const startedMs = performance.now()
    const sent = await sendWebhook(delivery, at, { ...this.options, signal: this.#end.signal })
    const durationMs = Math.round(performance.now() - startedMs)
    const { status, error } = sent
    await client.$transaction((tx) => this.#record(tx, delivery, { at, durationMs, status, error }, sent))
    return true
  }

  async #record(
    tx: Parameters<typeof recordAttempt>[0],
    delivery: ClaimedDelivery,
    outcome: DeliveryOutcome,
    { retryAfterSeconds }: SendOutcome,
  ): Promise<void> {
    const { tenantId, endpointId, isPing, attempts: attempt, queuedAt } = delivery
    const now = this.context.now()
    const isGone = outcome.status === gone
    const next = isPing || isGone ? null : retryAt(now, { attempt, random: Math.random(), retryAfterSeconds })
    await recordAttempt(tx, delivery, { outcome, retryAt: next, now })
    if (outcome.error === null || next !== null || isPing) return
    if (!isGone && (await hasDeliveredSince(tx, delivery, queuedAt))) return
    await disableEndpoint(tx, { tenantId, endpointId, reason: isGone ? 'GONE' : 'UNREACHABLE', now })
    this.context.logger.warn({ tenantId, endpointId, status: outcome.status }, 'webhook disabled')
  }
}
