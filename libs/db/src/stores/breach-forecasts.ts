import {
  calendarDay,
  type ClockReading,
  ErasureState,
  foretellBreach,
  stageDurations,
  type StageDuration,
  type StageEnds,
  stageOf,
  type WorkStage,
} from '@lethe/domain'
import type { TenantClient, Tx } from '../database.js'

/** What a tenant's requests have taken so far, and how fast its runs are done. */
export interface WorkHistory {
  readonly durations: readonly StageDuration[]
  /** Requests that were fulfilled. */
  readonly finishedRequests: number
  /** Of each request, when its stages were over. */
  readonly ends: ReadonlyMap<string, StageEnds>
  /** Mean of the newest finished runs; 0 while there are none. */
  readonly secondsPerRun: number
  /** Runs that wait or work now, with the request that they belong to. */
  readonly waiting: readonly (string | null)[]
}

/** Requests and runs further back are of other times. */
const NEWEST = 200

/** Stage ends as evidence has them: recorded for good, so that a forecast can be made again. */
const endOfKind: Readonly<Record<string, keyof StageEnds>> = {
  'erasure-requested/v1': 'received',
  'identity-verified/v1': 'identity',
  'erasure-planned/v1': 'planning',
  'erasure-approved/v1': 'approval',
  'audit-completed/v1': 'work',
  'erasure-closed/v1': 'erasing',
}

export async function readWorkHistory(client: TenantClient, tenantId: string): Promise<WorkHistory> {
  const rows = await client.$queryRaw<{ requestId: string; kind: string; at: string; outcome: string | null }[]>`
    SELECT request_id AS "requestId", kind, max(payload #>> '{predicate,recorded,at}') AS at,
           max(payload #>> '{predicate,outcome}') AS outcome
    FROM evidence
    WHERE tenant_id = ${tenantId}::uuid AND kind = ANY (${Object.keys(endOfKind)})
      AND request_id IN (SELECT id FROM erasure_request WHERE tenant_id = ${tenantId}::uuid
                         ORDER BY number DESC LIMIT ${NEWEST})
    GROUP BY request_id, kind`
  const ends = new Map<string, Partial<Record<keyof StageEnds, string>>>()
  let finishedRequests = 0
  for (const { requestId, kind, at, outcome } of rows) {
    const found = ends.get(requestId) ?? {}
    const isFulfilled = outcome === 'FULFILLED'
    if (isFulfilled) finishedRequests++
    const end = endOfKind[kind]
    // A request that was turned down says nothing of how long erasing takes.
    if (end !== undefined && (end !== 'erasing' || isFulfilled)) ends.set(requestId, { ...found, [end]: at })
  }
  const finished = await client.run.findMany({
    where: { tenantId, state: 'SUCCEEDED', startedAt: { not: null }, finishedAt: { not: null } },
    orderBy: { finishedAt: 'desc' },
    take: 20,
    select: { startedAt: true, finishedAt: true },
  })
  const waiting = await client.run.findMany({
    where: { tenantId, state: { in: ['QUEUED', 'RUNNING'] } },
    select: { requestId: true },
  })
  const seconds = finished.map(({ startedAt, finishedAt }) => (Number(finishedAt) - Number(startedAt)) / 1000)
  return {
    durations: [...ends.values()].flatMap(stageDurations),
    finishedRequests,
    ends,
    secondsPerRun: seconds.reduce((sum, each) => sum + each, 0) / Math.max(1, seconds.length),
    waiting: waiting.map(({ requestId }) => requestId),
  }
}

/** What is foretold of a request's clock now. */
export function foretell(
  history: WorkHistory,
  request: { id: string; state: string },
  reading: ClockReading,
  now: Date,
): { probability: number; stage: WorkStage } {
  const ends = history.ends.get(request.id) ?? {}
  const { stage, elapsedSeconds } = stageOf(ErasureState.parse(request.state), ends, now.toISOString())
  const before = history.waiting.filter((requestId) => requestId !== request.id).length
  return foretellBreach(history.durations, {
    stage,
    elapsedSeconds,
    isPaused: reading.state === 'PAUSED',
    secondsLeft: (Date.parse(reading.dueAt) - now.getTime()) / 1000,
    queueSeconds: before * history.secondsPerRun,
  })
}

/** The tenant's day of an instant, as the column keeps it. */
export const forecastDay = (now: Date, timeZone: string): Date => new Date(calendarDay(now.toISOString(), timeZone))

/** Keeps what is foretold of a clock today; the first forecast of a day stays. */
export async function keepForecast(
  tx: Tx,
  forecast: {
    tenantId: string
    clockId: string
    reading: ClockReading
    probability: number
    stage: WorkStage
    finishedRequests: number
    now: Date
  },
): Promise<void> {
  const { reading, now, ...row } = forecast
  await tx.breachForecast.createMany({
    data: [{ ...row, day: forecastDay(now, reading.basis.timeZone), dueAt: new Date(reading.dueAt), at: now }],
    skipDuplicates: true,
  })
}

/** Sets what came of forecasts beside them, once their clock has ended. A request that was turned down tells nothing. */
export async function scoreForecasts(client: TenantClient, tenantId: string, now: Date): Promise<number> {
  return client.$executeRaw`
    UPDATE breach_forecast f SET breached = (c.state = 'BREACHED'), scored_at = ${now}
    FROM sla_clock c JOIN erasure_request r ON r.tenant_id = c.tenant_id AND r.id = c.request_id
    WHERE f.tenant_id = ${tenantId}::uuid AND f.scored_at IS NULL
      AND c.tenant_id = f.tenant_id AND c.id = f.clock_id
      AND (c.state = 'BREACHED' OR (c.state = 'MET' AND r.state = 'FULFILLED'))`
}
