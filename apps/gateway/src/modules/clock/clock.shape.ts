import type { SlaClock as ClockRow, SlaClockEvent as EventRow } from '@lethe/db'
import { type ClockEvent as ClockEventInput, readClock, StatuteId, statutes } from '@lethe/domain'
import { shape } from '../../graphql/node.js'
import { ClockEvent, ClockStep, SlaClock } from './clock.types.js'

export type ClockWithEvents = ClockRow & { readonly events: readonly EventRow[] }

/** Read anew at `now` from the events, which are the truth; the row's state is a copy that the sweep refreshes. */
export function shapeClock(row: ClockWithEvents, now: Date): SlaClock {
  const statuteId = StatuteId.parse(row.statuteId)
  const events = [...row.events].sort((a, b) => a.seq - b.seq)
  const reading = readClock({
    statuteId,
    events: events.map(({ kind, at, reason }) => ({
      kind: kind as ClockEventInput['kind'],
      at: at.toISOString(),
      reason,
    })),
    timeZone: row.timeZone,
    holidays: row.holidays,
    now: now.toISOString(),
  })
  return shape(SlaClock, {
    id: row.id,
    requestId: row.requestId,
    statuteId,
    citation: statutes[statuteId].citation,
    ruleVersion: row.ruleVersion,
    state: reading.state,
    dueAt: new Date(reading.dueAt),
    timeZone: row.timeZone,
    explanation: reading.explanation.map((step) => shape(ClockStep, { ...step })),
    events: events.map(({ kind, at, reason }) => shape(ClockEvent, { kind, at, reason })),
  })
}
