import {
  type ClockBasis,
  ClockBasis as Basis,
  type ClockEvent,
  type ClockReading,
  ContractTerms,
  readClock,
  StatuteId,
} from '@lethe/domain'
import type { Tx } from '../database.js'
import { databaseError } from '../errors.js'
import { Prisma, type SlaClock, type SlaClockEvent } from '../generated/client.js'
import { toJson } from '../outbox.js'

type RuleColumns = Pick<SlaClock, 'statuteId' | 'ruleVersion' | 'terms' | 'timeZone' | 'holidays'>
type EventColumns = Pick<SlaClockEvent, 'seq' | 'kind' | 'at' | 'reason' | 'detail'>

/** A stored clock as the domain reads it: its basis at the start, and its events in order. */
export interface StoredClock {
  readonly basis: ClockBasis
  readonly events: readonly ClockEvent[]
}

/** The columns hold the rule that counts now; an event of change says what it was before. */
export function storedClock(row: RuleColumns, rows: readonly EventColumns[]): StoredClock {
  const ordered = [...rows].sort((a, b) => a.seq - b.seq)
  const change = ordered.find(({ kind }) => kind === 'change')
  return {
    basis: change ? Basis.parse((change.detail as { before?: unknown }).before) : basisOfRow(row),
    events: ordered.map(clockEventOf),
  }
}

export const basisOfRow = ({ statuteId, ruleVersion, terms, timeZone, holidays }: RuleColumns): ClockBasis => ({
  statuteId: StatuteId.parse(statuteId),
  ruleVersion,
  terms: terms === null ? null : ContractTerms.parse(terms),
  timeZone,
  holidays,
})

function clockEventOf({ kind, at, reason, detail }: EventColumns): ClockEvent {
  const { count, basis } = (detail ?? {}) as { count?: number; basis?: unknown }
  return {
    kind: kind as ClockEvent['kind'],
    at: at.toISOString(),
    reason,
    ...(count === undefined ? {} : { count }),
    ...(kind === 'change' ? { basis: Basis.parse(basis) } : {}),
  }
}

/** Reading of a stored clock at an instant. */
export const readStored = ({ basis, events }: StoredClock, now: Date): ClockReading =>
  readClock({ ...basis, events, now: now.toISOString() })

/** The row is locked, so that two events of one clock come one after the other. */
export async function lockClock(
  tx: Tx,
  tenantId: string,
  requestId: string,
): Promise<{ row: SlaClock; clock: StoredClock }> {
  await tx.$queryRaw`
    SELECT 1 FROM sla_clock WHERE tenant_id = ${tenantId}::uuid AND request_id = ${requestId}::uuid FOR UPDATE`
  const row = await tx.slaClock.findUnique({
    where: { tenantId_requestId: { tenantId, requestId } },
    include: { events: { orderBy: { seq: 'asc' } } },
  })
  if (!row) throw databaseError('NOT_FOUND', 'The request has no clock.', 'erasureRequestId')
  return { row, clock: storedClock(row, row.events) }
}

export const writeEvent = (
  tx: Tx,
  {
    tenantId,
    clockId,
    seq,
    event,
    before,
  }: {
    tenantId: string
    clockId: string
    seq: number
    event: ClockEvent
    before: ClockBasis
  },
) => {
  const { kind, at, reason, count, basis } = event
  const detail = basis !== undefined ? { basis, before } : count !== undefined ? { count } : null
  return tx.slaClockEvent.create({
    data: {
      tenantId,
      clockId,
      seq,
      kind,
      at: new Date(at),
      reason,
      ...(detail === null ? {} : { detail: toJson(detail) }),
    },
  })
}

/** The columns that are copies of a reading. */
export function readingColumns({ state, dueAt, basis, deadlines }: ClockReading) {
  const { statuteId, ruleVersion, terms, timeZone, holidays } = basis
  const receipt = deadlines.find(({ kind }) => kind === 'acknowledge')
  return {
    state,
    dueAt: new Date(dueAt),
    statuteId,
    ruleVersion,
    terms: terms === null ? Prisma.DbNull : toJson(terms),
    timeZone,
    holidays,
    acknowledgeState: receipt?.state ?? null,
    acknowledgeDueAt: receipt ? new Date(receipt.dueAt) : null,
  }
}
