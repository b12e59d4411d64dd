import { prune, type Prunable } from '@lethe/db'
import type { RegistrarContext } from './registrar-context.js'

/** For how many days what served its purpose is kept. */
export interface KeepingTimes {
  readonly noticeDays: number
  readonly deliveryDays: number
  readonly idempotencyDays: number
  readonly signInDays: number
}

const batch = 500
/** Of each kind in one sweep, so that a first sweep over years of rows does not hold up the clocks. */
const mostBatches = 20
const dayMs = 86_400_000

/** Removes what is older than its keeping time, a batch a transaction. Two sweeps at once share the work. */
export async function pruneOld({ db, logger, now }: RegistrarContext, keep: KeepingTimes): Promise<void> {
  const daysOf: Readonly<Record<Prunable, number>> = {
    deliveries: keep.deliveryDays,
    notices: keep.noticeDays,
    idempotency_keys: keep.idempotencyDays,
    ways_in: keep.signInDays,
    upload_announcements: 0,
  }
  for (const [what, days] of Object.entries(daysOf) as [Prunable, number][]) {
    const before = new Date(now().getTime() - days * dayMs)
    let count = 0
    for (let turn = 0; turn < mostBatches; turn++) {
      const gone = await prune(db, what, { before, batch })
      count += gone
      if (gone < batch) break
    }
    if (count > 0) logger.info({ what, count, before }, 'removed what was older than its keeping time')
  }
}
