import type { LogSigner } from '@lethe/ledger'
import type { RegistrarContext } from '../registrar-context.js'
import type { CheckpointPublisher } from './checkpoint-publisher.js'
import { integratePending, readLatestCheckpoint } from './integrate-pending.js'

/** Evidence comes in bursts; one checkpoint then covers the burst. */
const gatherMs = 250
const retryMs = 2000

/** Integrates tenants' evidence soon after it is committed, one tenant after the other. */
export class LedgerKeeper {
  readonly #waiting = new Set<string>()
  /** Tenants whose newest checkpoint this process has published or found published. */
  readonly #published = new Map<string, bigint>()
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined
  #stopped = false

  constructor(
    private readonly context: RegistrarContext,
    private readonly signerOf: (tenantId: string) => LogSigner,
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

  /** Signs until nothing is pending, then makes sure that the newest checkpoint is published. */
  async integrate(tenantId: string): Promise<void> {
    const client = this.context.db.forTenant(tenantId)
    const signer = this.signerOf(tenantId)
    for (;;) {
      const fresh = await client.$transaction((tx) =>
        integratePending(tx, { tenantId, signer, now: this.context.now() }),
      )
      if (fresh === null) break
      await this.#publish(tenantId, fresh.size, fresh.note)
      this.context.logger.debug({ tenantId, size: String(fresh.size) }, 'log checkpoint signed')
    }
    // A crash between commit and publication leaves one behind.
    const latest = await readLatestCheckpoint(client, tenantId)
    if (latest && this.#published.get(tenantId) !== latest.size) await this.#publish(tenantId, latest.size, latest.note)
  }

  async #publish(tenantId: string, size: bigint, note: string): Promise<void> {
    await this.publisher.publish(tenantId, size, note)
    this.#published.set(tenantId, size)
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
