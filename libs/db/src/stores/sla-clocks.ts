import { type ClockEvent, type ClockReading, type EvidenceEntry, readClock, StatuteId, statutes } from '@lethe/domain'
import type { Tx } from '../database.js'
import { databaseError } from '../errors.js'
import { newId } from '../new-id.js'

export interface ClockChange {
  readonly clockId: string
  readonly reading: ClockReading
  /** To be recorded by the caller in the same transaction; empty when nothing changed. */
  readonly evidence: readonly EvidenceEntry[]
}

/** Starts the clock of a request under a statute and keeps its reading. `at`: when the request was received. */
export async function startClock(
  tx: Tx,
  input: {
    tenantId: string
    requestId: string
    statuteId: StatuteId
    timeZone: string
    holidays: readonly string[]
    at: Date
    now: Date
  },
): Promise<ClockChange> {
  const { tenantId, requestId, statuteId, timeZone, holidays } = input
  const event: ClockEvent = { kind: 'start', at: input.at.toISOString(), reason: 'The request was received.' }
  const reading = readClock({ statuteId, events: [event], timeZone, holidays, now: input.now.toISOString() })
  const id = newId()
  await tx.slaClock.create({
    data: {
      id,
      tenantId,
      requestId,
      statuteId,
      ruleVersion: statutes[statuteId].version,
      timeZone,
      holidays: [...holidays],
      state: reading.state,
      dueAt: new Date(reading.dueAt),
    },
  })
  await writeEvent(tx, { tenantId, clockId: id, seq: 1, event })
  return {
    clockId: id,
    reading,
    evidence: [clockEvidence(requestId, { statuteId, timeZone, holidays }, event, reading)],
  }
}

/**
 * Adds an event to a request's clock and refreshes its reading.
 *
 * @throws DomainError NOT_FOUND, or CLOCK_EVENTS_INVALID when the event makes no sense now
 */
export async function addClockEvent(
  tx: Tx,
  input: { tenantId: string; requestId: string; kind: ClockEvent['kind']; at: Date; reason: string; now: Date },
): Promise<ClockChange> {
  const { tenantId, requestId } = input
  const { clock, events } = await loadClock(tx, tenantId, requestId)
  const event: ClockEvent = { kind: input.kind, at: input.at.toISOString(), reason: input.reason }
  const reading = readRow(clock, [...events, event], input.now)
  await writeEvent(tx, { tenantId, clockId: clock.id, seq: events.length + 1, event })
  await storeReading(tx, tenantId, clock.id, reading)
  return { clockId: clock.id, reading, evidence: [clockEvidence(requestId, clock, event, reading)] }
}

/** Reads a clock again at `now` and keeps the reading; evidence only when its state has become another. */
export async function refreshClock(
  tx: Tx,
  input: { tenantId: string; requestId: string; now: Date },
): Promise<ClockChange> {
  const { tenantId, requestId, now } = input
  const { clock, events } = await loadClock(tx, tenantId, requestId)
  const reading = readRow(clock, events, now)
  if (reading.state === clock.state && reading.dueAt === clock.dueAt.toISOString())
    return { clockId: clock.id, reading, evidence: [] }
  await storeReading(tx, tenantId, clock.id, reading)
  const changed = reading.state !== clock.state
  const evidence = changed ? [clockEvidence(requestId, clock, null, reading)] : []
  return { clockId: clock.id, reading, evidence }
}

/** Reading of a stored clock at an instant, from its events. */
export async function readStoredClock(
  tx: Tx,
  input: { tenantId: string; requestId: string; now: Date },
): Promise<ClockReading & { readonly events: readonly ClockEvent[] }> {
  const { clock, events } = await loadClock(tx, input.tenantId, input.requestId)
  return { ...readRow(clock, events, input.now), events }
}

interface ClockRow {
  readonly id: string
  readonly statuteId: string
  readonly timeZone: string
  readonly holidays: string[]
  readonly state: string
  readonly dueAt: Date
}

/** The row is locked, so that two events of one clock come one after the other. */
async function loadClock(
  tx: Tx,
  tenantId: string,
  requestId: string,
): Promise<{ clock: ClockRow; events: ClockEvent[] }> {
  await tx.$queryRaw`
    SELECT 1 FROM sla_clock WHERE tenant_id = ${tenantId}::uuid AND request_id = ${requestId}::uuid FOR UPDATE`
  const clock = await tx.slaClock.findUnique({
    where: { tenantId_requestId: { tenantId, requestId } },
    include: { events: { orderBy: { seq: 'asc' } } },
  })
  if (!clock) throw databaseError('NOT_FOUND', 'The request has no clock.', 'erasureRequestId')
  const events = clock.events.map(({ kind, at, reason }) => ({
    kind: kind as ClockEvent['kind'],
    at: at.toISOString(),
    reason,
  }))
  return { clock, events }
}

const readRow = (clock: ClockRow, events: readonly ClockEvent[], now: Date): ClockReading =>
  readClock({
    statuteId: StatuteId.parse(clock.statuteId),
    events,
    timeZone: clock.timeZone,
    holidays: clock.holidays,
    now: now.toISOString(),
  })

const writeEvent = (tx: Tx, row: { tenantId: string; clockId: string; seq: number; event: ClockEvent }) =>
  tx.slaClockEvent.create({
    data: {
      tenantId: row.tenantId,
      clockId: row.clockId,
      seq: row.seq,
      kind: row.event.kind,
      at: new Date(row.event.at),
      reason: row.event.reason,
    },
  })

const storeReading = (tx: Tx, tenantId: string, id: string, reading: ClockReading) =>
  tx.slaClock.update({
    where: { tenantId_id: { tenantId, id } },
    data: { state: reading.state, dueAt: new Date(reading.dueAt) },
  })

/** The reason may name a person, so it stays in the tenant's tables. */
const clockEvidence = (
  erasureRequestId: string,
  { statuteId, timeZone, holidays }: Pick<ClockRow, 'statuteId' | 'timeZone'> & { holidays: readonly string[] },
  event: ClockEvent | null,
  reading: ClockReading,
): EvidenceEntry => ({
  kind: 'clock-changed/v1',
  subjects: [],
  erasureRequestId,
  predicate: {
    statuteId: StatuteId.parse(statuteId),
    ruleVersion: statutes[StatuteId.parse(statuteId)].version,
    timeZone,
    holidays: [...holidays],
    event: event === null ? null : { kind: event.kind, at: event.at },
    state: reading.state,
    dueAt: reading.dueAt,
    steps: reading.explanation.map(({ code, day }) => ({ code, day })),
  },
})
