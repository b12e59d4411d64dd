import {
  announce,
  foretell,
  forecastDay,
  keepForecast,
  noteDeadlines,
  readWorkHistory,
  refreshClock,
  scoreForecasts,
} from '@lethe/db'
import type { ClockReading } from '@lethe/domain'
import { recordEvidence } from './record-evidence.js'
import type { RegistrarContext } from './registrar-context.js'

interface OpenRequest {
  readonly id: string
  readonly number: number
  readonly state: string
  readonly receivedAt: Date
}

interface OpenClock {
  readonly request: OpenRequest
  readonly clockId: string
  readonly reading: ClockReading
}

/** Reads every open clock of a tenant again, and those that ended late untold; says what is due, and foretells once a day. */
export async function readClocks(context: RegistrarContext, tenantId: string): Promise<void> {
  const client = context.db.forTenant(tenantId)
  const open = await client.erasureRequest.findMany({
    where: {
      tenantId,
      OR: [
        { state: { notIn: ['FULFILLED', 'REJECTED', 'WITHDRAWN'] }, clock: { isNot: null } },
        // Closed late between two sweeps, and nobody has said so.
        { clock: { state: 'BREACHED', notices: { none: { threshold: 'over' } } } },
      ],
    },
    select: { id: true, number: true, state: true, receivedAt: true },
  })
  const clocks: OpenClock[] = []
  for (const request of open)
    try {
      clocks.push({ request, ...(await readOne(context, tenantId, request)) })
    } catch (error) {
      // One clock that cannot be read must not keep the others from being read.
      context.logger.error({ err: error, tenantId, requestId: request.id }, 'clock could not be read')
    }
  await foretellToday(context, tenantId, clocks)
}

/** What became of forecasts is looked for though no clock is open: the last one may just have ended. */
export const scoreClocks = (context: RegistrarContext, tenantId: string): Promise<number> =>
  scoreForecasts(context.db.forTenant(tenantId), tenantId, context.now())

const readOne = (
  context: RegistrarContext,
  tenantId: string,
  request: OpenRequest,
): Promise<{ clockId: string; reading: ClockReading }> =>
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
    return { clockId, reading }
  })

async function foretellToday(context: RegistrarContext, tenantId: string, clocks: readonly OpenClock[]): Promise<void> {
  const now = context.now()
  const client = context.db.forTenant(tenantId)
  const running = clocks.filter(({ reading }) => reading.state === 'RUNNING' || reading.state === 'PAUSED')
  const keyOf = (clockId: string, day: Date): string => `${clockId} ${day.toISOString()}`
  const dayOf = ({ reading }: OpenClock): Date => forecastDay(now, reading.basis.timeZone)
  const known = await client.breachForecast.findMany({
    where: { tenantId, clockId: { in: running.map(({ clockId }) => clockId) }, day: { in: running.map(dayOf) } },
    select: { clockId: true, day: true },
  })
  const foretold = new Set(known.map(({ clockId, day }) => keyOf(clockId, day)))
  const missing = running.filter((clock) => !foretold.has(keyOf(clock.clockId, dayOf(clock))))
  if (missing.length === 0) return
  const history = await readWorkHistory(client, tenantId)
  const { finishedRequests } = history
  for (const { request, clockId, reading } of missing) {
    const forecast = foretell(history, request, reading, now)
    await keepForecast(client, { tenantId, clockId, reading, finishedRequests, ...forecast, now })
  }
}
