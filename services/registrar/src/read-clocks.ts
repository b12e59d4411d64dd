import {
  announce,
  foretell,
  forecastDay,
  keepForecast,
  lookAtOpenClocks,
  noteDeadlines,
  type OpenClock,
  readWorkHistory,
  refreshClock,
  scoreForecasts,
  type WorkHistory,
} from '@lethe/db'
import type { ClockReading } from '@lethe/domain'
import { recordEvidence } from './record-evidence.js'
import type { RegistrarContext } from './registrar-context.js'

/** An open clock with its reading of now. */
interface ReadClock extends OpenClock {
  readonly reading: ClockReading
}

/**
 * Reads every open clock of a tenant again, and those that ended late untold; says what is due, and foretells once a day.
 * `batch`: how many are looked at in one go.
 */
export async function readClocks(context: RegistrarContext, tenantId: string, batch = 500): Promise<void> {
  const client = context.db.forTenant(tenantId)
  const history = once(() => readWorkHistory(client, tenantId))
  for (let after: string | null = null; ;) {
    const found: OpenClock[] = await lookAtOpenClocks(client, { tenantId, after, take: batch, now: context.now() })
    const read: ReadClock[] = []
    for (const clock of found)
      try {
        const { reading, isUpToDate } = clock
        read.push({
          ...clock,
          reading: reading !== null && isUpToDate ? reading : await refresh(context, tenantId, clock),
        })
      } catch (error) {
        // One clock that cannot be read must not keep the others from being read.
        context.logger.error({ err: error, tenantId, requestId: clock.request.id }, 'clock could not be read')
      }
    await foretellToday(context, tenantId, read, history)
    after = found.at(-1)?.request.id ?? null
    if (found.length < batch) return
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => (made ??= make())
}

/** What became of forecasts is looked for though no clock is open: the last one may just have ended. */
export const scoreClocks = (context: RegistrarContext, tenantId: string): Promise<number> =>
  scoreForecasts(context.db.forTenant(tenantId), tenantId, context.now())

/** Under the clock's lock, where what was found without it is looked at again. */
const refresh = (context: RegistrarContext, tenantId: string, { request }: OpenClock): Promise<ClockReading> =>
  context.db.forTenant(tenantId).$transaction(async (tx) => {
    const now = context.now()
    const requestId = request.id
    const { clockId, reading, evidence } = await refreshClock(tx, { tenantId, requestId, now })
    const { number: requestNumber, receivedAt } = request
    await noteDeadlines(tx, { tenantId, clockId, requestId, requestNumber, receivedAt, reading, now })
    if (evidence.length > 0) {
      await announce(tx, { tenantId, aggregate: 'erasure-request', id: requestId, now })
      await recordEvidence(tx, { tenantId, entries: evidence, now })
    }
    return reading
  })

async function foretellToday(
  context: RegistrarContext,
  tenantId: string,
  clocks: readonly ReadClock[],
  workHistory: () => Promise<WorkHistory>,
): Promise<void> {
  const now = context.now()
  const client = context.db.forTenant(tenantId)
  const running = clocks.filter(({ reading }) => reading.state === 'RUNNING' || reading.state === 'PAUSED')
  const keyOf = (clockId: string, day: Date): string => `${clockId} ${day.toISOString()}`
  const dayOf = ({ reading }: ReadClock): Date => forecastDay(now, reading.basis.timeZone)
  const known = await client.breachForecast.findMany({
    where: { tenantId, clockId: { in: running.map(({ clockId }) => clockId) }, day: { in: running.map(dayOf) } },
    select: { clockId: true, day: true },
  })
  const foretold = new Set(known.map(({ clockId, day }) => keyOf(clockId, day)))
  const missing = running.filter((clock) => !foretold.has(keyOf(clock.clockId, dayOf(clock))))
  if (missing.length === 0) return
  const history = await workHistory()
  const { finishedRequests } = history
  for (const { request, clockId, reading } of missing) {
    const forecast = foretell(history, request, reading, now)
    await keepForecast(client, { tenantId, clockId, reading, finishedRequests, ...forecast, now })
  }
}
