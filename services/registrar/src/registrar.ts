import { type Channel, listen } from '@lethe/db'
import type { Mailer } from '@lethe/mail'
import { BundleMaker } from './bundle/bundle-maker.js'
import { Eraser } from './erasing/eraser.js'
import { followProgress } from './follow-progress.js'
import { CheckpointPublisher } from './ledger/checkpoint-publisher.js'
import { LedgerKeeper } from './ledger/ledger-keeper.js'
import type { LogKeys } from './ledger/load-log-keys.js'
import { OutboxRelay } from './outbox-relay.js'
import type { KeepingTimes } from './prune-old.js'
import { NoticeDispatcher } from './notices/notice-dispatcher.js'
import { NoticeMailer } from './notices/notice-mailer.js'
import { WebhookDeliverer, type WebhookOptions } from './notices/webhook-deliverer.js'
import type { RegistrarContext } from './registrar-context.js'
import { followResults } from './results/follow-results.js'
import { Sweep } from './sweep.js'

export interface RegistrarOptions extends RegistrarContext, LogKeys {
  /** For the listening connection. */
  readonly databaseUrl: string
  readonly checkpointDir?: string | undefined
  readonly sweepIntervalMs: number
  readonly keep: KeepingTimes
  readonly webhooks: WebhookOptions
  readonly mailer: Mailer
  /** Links in mail lead there. */
  readonly portalUrl: string
}

/** Starts all parts. The answer stops them, when what is in hand is done. */
export function startRegistrar(options: RegistrarOptions): { stop(): Promise<void> } {
  const { logger } = options
  const end = new AbortController()
  const publisher = new CheckpointPublisher(options.artifacts, options.checkpointDir)
  const ledger = new LedgerKeeper(options, options, publisher)
  const relay = new OutboxRelay(options)
  const eraser = new Eraser(options)
  const sweep = new Sweep(options, ledger, options.keep, options.sweepIntervalMs)
  const bundles = new BundleMaker(options, options, ledger, options.checkpointDir)
  const webhooks = new WebhookDeliverer(options, options.webhooks)
  const mail = new NoticeMailer(options, options)
  const notices = new NoticeDispatcher(options, () => {
    webhooks.wake()
    mail.wake()
  })
  const wake: Record<Channel, (payload: string) => void> = {
    lethe_outbox: () => {
      relay.wake()
      eraser.wake()
    },
    lethe_evidence: (tenantId) => ledger.wake(tenantId),
    lethe_bundle: () => bundles.wake(),
    lethe_notice: () => notices.wake(),
    lethe_webhook_delivery: () => webhooks.wake(),
  }
  const listener = listen({
    url: options.databaseUrl,
    channels: Object.keys(wake) as Channel[],
    onNotification: (channel, payload) => wake[channel](payload),
    onConnected: () => {
      relay.wake()
      eraser.wake()
      sweep.wake()
      bundles.wake()
      notices.wake()
    },
    onError: (error) => logger.warn({ err: error }, 'the listening connection broke'),
  })
  const following = [followResults(options, end.signal), followProgress(options, end.signal)]
  return {
    stop: async () => {
      end.abort()
      await listener.close()
      await Promise.all([...following, relay.stop(), eraser.stop(), sweep.stop(), bundles.stop()])
      await Promise.all([notices.stop(), webhooks.stop(), mail.stop()])
      await ledger.stop()
    },
  }
}
