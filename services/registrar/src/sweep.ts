import { noteListAccess, pruneOutbox, readAgenda } from '@lethe/db'
import { removeLeftBlobs } from './blobs/remove-left-blobs.js'
import type { LedgerKeeper } from './ledger/ledger-keeper.js'
import { type KeepingTimes, pruneOld } from './prune-old.js'
import { readClocks, scoreClocks } from './read-clocks.js'
import type { RegistrarContext } from './registrar-context.js'
import { removeStaleUploads } from './remove-stale-uploads.js'
import { WakeableLoop } from './wakeable-loop.js'

const keepOutboxDays = 7

/**
 * Reads every open clock again, so that a breach is on record and told though nobody looks, and finds evidence
 * that no checkpoint covers. It corrects cached readings and is never the truth of an SLA: the events are. Two sweeps at once
 * record a change once, for each reads under the clock's lock.
 */
export class Sweep {
  readonly #loop: WakeableLoop
  #isFirst = true

  constructor(
    private readonly context: RegistrarContext,
    private readonly ledger: Pick<LedgerKeeper, 'wake'>,
    private readonly keep: KeepingTimes,
    intervalMs: number,
  ) {
    const { logger } = context
    this.#loop = new WakeableLoop({ name: 'sweep', logger, intervalMs, retryMs: 1000, work: () => this.run() })
  }

  wake(): void {
    this.#loop.wake()
  }

  stop(): Promise<void> {
    return this.#loop.stop()
  }

  async run(): Promise<void> {
    const { db, now } = this.context
    for (const { tenantId, evidenceSize, checkpointSize, openClocks } of await readAgenda(db)) {
      const ended = await scoreClocks(this.context, tenantId)
      if (openClocks > 0 || ended > 0) await readClocks(this.context, tenantId)
      await db.forTenant(tenantId).$transaction((tx) => noteListAccess(tx, { tenantId, now: now() }))
      // After a start every log is looked at: its key may be another one, and a checkpoint unpublished.
      if (evidenceSize > checkpointSize || (this.#isFirst && checkpointSize > 0)) this.ledger.wake(tenantId)
    }
    this.#isFirst = false
    await pruneOutbox(db, keepOutboxDays)
    await pruneOld(this.context, this.keep)
    await removeStaleUploads(this.context)
    await removeLeftBlobs(this.context)
  }
}
