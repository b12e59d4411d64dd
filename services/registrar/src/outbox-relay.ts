import { relayOutbox, type OutboxMessage } from '@lethe/db'
import { isDomainError } from '@lethe/domain'
import { z } from 'zod'
import { publishMessage } from './publish-message.js'
import type { RegistrarContext } from './registrar-context.js'
import { failUnpublishableRun } from './results/fail-unpublishable-run.js'
import { WakeableLoop } from './wakeable-loop.js'

const batch = 100
const pollMs = 2000

/**
 * Publishes what transactions left in the outbox, oldest first, with the row's id as message id. Woken on commit by the
 * database; polling finds what a lost notification did not tell.
 */
export class OutboxRelay {
  readonly #loop: WakeableLoop

  constructor(private readonly context: RegistrarContext) {
    this.#loop = new WakeableLoop({
      name: 'outbox',
      logger: context.logger,
      intervalMs: pollMs,
      retryMs: 500,
      work: () => this.#relay(),
    })
  }

  wake(): void {
    this.#loop.wake()
  }

  stop(): Promise<void> {
    return this.#loop.stop()
  }

  async #relay(): Promise<void> {
    while ((await relayOutbox(this.context.db, batch, (message) => this.#publish(message))) === batch);
  }

  /** A message that breaks its contract can never be published: it is set aside, so that it holds up no other. */
  async #publish(message: OutboxMessage): Promise<void> {
    try {
      await publishMessage(this.context, message)
    } catch (error) {
      if (!(error instanceof z.ZodError) && !isDomainError(error)) throw error
      this.context.logger.error({ err: error, outboxId: message.id, contract: message.contract }, 'message set aside')
      await failUnpublishableRun(this.context, message)
    }
  }
}
