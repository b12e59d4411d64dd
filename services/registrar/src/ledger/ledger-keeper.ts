import type { RegistrarContext } from '../registrar-context.js'
import type { CheckpointPublisher } from './checkpoint-publisher.js'
import { integratePending } from './integrate-pending.js'
import type { LogKeys } from './load-log-keys.js'
import { publishCheckpoints } from './publish-checkpoints.js'

/** Evidence comes in bursts; one checkpoint then covers the burst. */
const gatherMs = 250
const retryMs = 2000

/** Integrates tenants' evidence soon after it is committed, one tenant after the other. */
export class LedgerKeeper {
  readonly #waiting = new Set<string>()
  /** Newest size up to which this process has published every checkpoint of a tenant, or found it published. */
  readonly #published = new Map<string, bigint>()
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined
  #stopped = false

  constructor(
    private readonly context: RegistrarContext,
    private readonly keys: LogKeys,
    private readonly publisher: CheckpointPublisher,
  ) {}

  /** There is, or may be, evidence of this tenant that no checkpoint covers. */
  wake(tenantId: string): void {
    this.#waiting.add(tenantId)
    this.#schedule(gatherMs)
  }

  /** Resolves when what is in hand is done. */
  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#running
  }

  /** Signs until nothing is pending, then makes sure that every checkpoint is published. */
  async integrate(tenantId: string): Promise<void> {
    const client = this.context.db.forTenant(tenantId)
    const signer = this.keys.signerOf(tenantId)
    const previousKeys = this.keys.previousKeysOf(tenantId)
    for (;;) {
      const fresh = await client.$transaction((tx) =>
        integratePending(tx, { tenantId, signer, previousKeys, now: this.context.now() }),
      )
      if (fresh === null) break
      this.context.logger.debug({ tenantId, size: String(fresh.size) }, 'log checkpoint signed')
    }
    // Asked anew each time: a crash, here or in another registrar, may have left one unpublished.
    const newest = await client.logCheckpoint.findFirst({ orderBy: { size: 'desc' }, select: { size: true } })
    if (newest === null || this.#published.get(tenantId) === newest.size) return
    await publishCheckpoints(client, this.publisher, tenantId)
    this.#published.set(tenantId, newest.size)
  }

  #schedule(delayMs: number): void {
    if (this.#stopped || this.#timer !== undefined || this.#running !== undefined) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#running = this.#drain()
    }, delayMs)
  }

  async #drain(): Promise<void> {
    let delayMs = gatherMs
    const batch = [...this.#waiting]
    this.#waiting.clear()
    for (const tenantId of batch) {
      if (this.#stopped) break
      try {
        await this.integrate(tenantId)
      } catch (error) {
        this.context.logger.error({ err: error, tenantId }, 'evidence not integrated; trying again')
        this.#waiting.add(tenantId)
        delayMs = retryMs
      }
    }
    this.#running = undefined
    if (this.#waiting.size > 0) this.#schedule(delayMs)
  }
}
