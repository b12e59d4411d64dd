import { beginBundle, type PinnedBundle, readBundleQueue, settleBundle } from '@lethe/db'
import { isDomainError } from '@lethe/domain'
import { writeBundle } from '@lethe/ledger'
import type { LedgerKeeper } from '../ledger/ledger-keeper.js'
import type { LogKeys } from '../ledger/load-log-keys.js'
import type { RegistrarContext } from '../registrar-context.js'
import { WakeableLoop } from '../wakeable-loop.js'
import { collectParts } from './collect-parts.js'
import { cosignedSizes } from './cosigned-checkpoints.js'

const pollMs = 30_000
const retryMs = 2000
/** Crashes in the middle count too, so that a bundle which brings the process down does so a few times only. */
const mostAttempts = 5

interface BundleKey {
  readonly tenantId: string
  readonly id: string
}

/**
 * Makes evidence bundles, one after the other. Repeating one gives the same bytes, for its size of the log is chosen once:
 * after a crash it is simply made again. A refusal settles it with its reason; an accident is tried again.
 */
export class BundleMaker {
  readonly #loop: WakeableLoop

  constructor(
    private readonly context: RegistrarContext,
    private readonly keys: LogKeys,
    private readonly ledger: Pick<LedgerKeeper, 'integrate'>,
    private readonly checkpointDir: string | undefined,
  ) {
    const { logger } = context
    this.#loop = new WakeableLoop({ name: 'bundles', logger, intervalMs: pollMs, retryMs, work: () => this.#makeAll() })
  }

  wake(): void {
    this.#loop.wake()
  }

  stop(): Promise<void> {
    return this.#loop.stop()
  }

  async #makeAll(): Promise<void> {
    let accident: Error | undefined
    for (const key of await readBundleQueue(this.context.db)) {
      try {
        await this.#make(key)
      } catch (error) {
        // The others need not wait for it.
        accident = error instanceof Error ? error : new Error(String(error))
      }
    }
    if (accident) throw accident
  }

  async #make(key: BundleKey): Promise<void> {
    const bundle = await this.#begin(key)
    if (bundle === 'settled') return
    const { artifacts, db, logger } = this.context
    const client = db.forTenant(key.tenantId)
    if (bundle.attempts > mostAttempts)
      return this.#settle(key, {
        state: 'FAILED',
        failure: {
          code: 'GIVEN_UP',
          message: `The bundle could not be made in ${mostAttempts} attempts; ask for it again.`,
        },
      })
    try {
      const parts = await collectParts({ client, artifacts, checkpointDir: this.checkpointDir }, bundle)
      const { digest, size } = await artifacts.put(key.tenantId, writeBundle(parts, this.keys.signerOf(key.tenantId)))
      await this.#settle(key, { state: 'READY', digest, size })
      logger.info({ tenantId: key.tenantId, request: bundle.requestId, size }, 'evidence bundle made')
    } catch (error) {
      if (!isDomainError(error)) throw error
      const { code, message } = error
      logger.error({ tenantId: key.tenantId, request: bundle.requestId, code }, 'evidence bundle refused')
      await this.#settle(key, { state: 'FAILED', failure: { code, message } })
    }
  }

  /** Signs what is pending until a checkpoint covers everything on record of the request. */
  async #begin({ tenantId, id }: BundleKey): Promise<PinnedBundle | 'settled'> {
    const { db, now } = this.context
    for (;;) {
      const preferred = await cosignedSizes(this.checkpointDir, tenantId)
      const begun = await db
        .forTenant(tenantId)
        .$transaction((tx) => beginBundle(tx, { tenantId, id, now: now(), preferred }))
      if (begun !== 'uncovered') return begun
      await this.ledger.integrate(tenantId)
    }
  }

  async #settle({ tenantId, id }: BundleKey, outcome: Parameters<typeof settleBundle>[1]['outcome']): Promise<void> {
    const { db, now } = this.context
    await db.forTenant(tenantId).$transaction((tx) => settleBundle(tx, { tenantId, id, now: now(), outcome }))
  }
}
