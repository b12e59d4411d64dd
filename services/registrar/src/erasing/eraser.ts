import {
  type ErasingRequest,
  findSupersededRequests,
  type Preparation,
  prepareErasing,
  readErasing,
  supersedePlan,
} from '@lethe/db'
import { recordEvidence } from '../record-evidence.js'
import type { RegistrarContext } from '../registrar-context.js'
import { WakeableLoop } from '../wakeable-loop.js'
import { eraseBlobs } from './erase-blobs.js'
import { eraseTraces } from './erase-traces.js'
import { finishErasing } from './finish-erasing.js'

const pollMs = 2000

/**
 * Deletes what erasing requests name, store by store, and closes them. In each store a thing is deleted, then looked for,
 * then its receipt is recorded: whatever is cut off between is done again, and changes nothing. Two erasers at once do
 * the same twice and record it once, for each records under the request's lock.
 */
export class Eraser {
  readonly #loop: WakeableLoop

  constructor(private readonly context: RegistrarContext) {
    const { logger } = context
    this.#loop = new WakeableLoop({
      name: 'eraser',
      logger,
      intervalMs: pollMs,
      retryMs: 1000,
      work: () => this.run(),
    })
  }

  wake(): void {
    this.#loop.wake()
  }

  stop(): Promise<void> {
    return this.#loop.stop()
  }

  /** One request's accident does not hold up the others. */
  async run(): Promise<void> {
    for (const erasing of await readErasing(this.context.db))
      try {
        await advanceErasing(this.context, erasing)
      } catch (error) {
        this.context.logger.error({ err: error, ...erasing }, 'not erased yet; trying again')
      }
  }
}

/** Takes an erasing request as far as it can go now. */
export async function advanceErasing(context: RegistrarContext, erasing: ErasingRequest): Promise<void> {
  const preparation = await prepare(context, erasing)
  if (preparation.state !== 'ready') return
  const { doomed } = preparation
  const client = context.db.forTenant(erasing.tenantId)
  for (const requestId of await findSupersededRequests(client, { ...erasing, doomed }))
    await client.$transaction(async (tx) => {
      const now = context.now()
      const { evidence } = await supersedePlan(tx, { tenantId: erasing.tenantId, requestId, doomed, now })
      await recordEvidence(tx, { tenantId: erasing.tenantId, entries: evidence, now })
    })
  if (preparation.waiting !== null) return
  await eraseTraces(context, erasing, doomed)
  await eraseBlobs(context, erasing, doomed)
  await finishErasing(context, erasing)
}

const prepare = (context: RegistrarContext, erasing: ErasingRequest): Promise<Preparation> =>
  context.db.forTenant(erasing.tenantId).$transaction(async (tx) => {
    const now = context.now()
    const preparation = await prepareErasing(tx, { ...erasing, now })
    if (preparation.state === 'blocked')
      await recordEvidence(tx, { tenantId: erasing.tenantId, entries: preparation.evidence, now })
    return preparation
  })
