import { dispatchNotices, readTenantsWithNotices } from '@lethe/db'
import type { RegistrarContext } from '../registrar-context.js'
import { WakeableLoop } from '../wakeable-loop.js'

const batch = 100
const pollMs = 2000
const retryMs = 1000

/** Turns notices into deliveries and mails, a tenant at a time. */
export class NoticeDispatcher {
  readonly #loop: WakeableLoop

  constructor(
    private readonly context: RegistrarContext,
    private readonly onDispatched: () => void,
  ) {
    const { logger } = context
    this.#loop = new WakeableLoop({
      name: 'notices',
      logger,
      intervalMs: pollMs,
      retryMs,
      work: () => this.#dispatch(),
    })
  }

  wake(): void {
    this.#loop.wake()
  }

  stop(): Promise<void> {
    return this.#loop.stop()
  }

  async #dispatch(): Promise<void> {
    const { db, now } = this.context
    for (const tenantId of await readTenantsWithNotices(db)) {
      const next = () =>
        db.forTenant(tenantId).$transaction((tx) => dispatchNotices(tx, { tenantId, now: now(), limit: batch }))
      while ((await next()) === batch);
      this.onDispatched()
    }
  }
}
