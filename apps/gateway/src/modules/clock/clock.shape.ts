import { type SlaClock as ClockRow, type SlaClockEvent as EventRow, readStored, storedClock } from '@lethe/db'
import { type Deadline as DeadlineReading, ruleFor, type ClockStep as Step } from '@lethe/domain'
import { shape } from '../../graphql/node.js'
import { ClockDeadline, ClockEvent, ClockStep, SlaClock } from './clock.types.js'

export type ClockWithEvents = ClockRow & { readonly events: readonly EventRow[] }

const shapeStep = ({ at, from, until, ...step }: Step): ClockStep =>
  shape(ClockStep, { ...step, at: dateOf(at), from: dateOf(from), until: dateOf(until) })

const dateOf = (instant: string | undefined): Date | null => (instant === undefined ? null : new Date(instant))

const shapeDeadline = ({ kind, state, dueAt, explanation }: DeadlineReading): ClockDeadline =>
  shape(ClockDeadline, { kind, state, dueAt: new Date(dueAt), explanation: explanation.map(shapeStep) })

/** Read anew at `now` from the events, which are the truth; the row's state is a copy that the sweep refreshes. */
export function shapeClock(row: ClockWithEvents, now: Date): SlaClock {
  const clock = storedClock(row, row.events)
  const reading = readStored(clock, now)
  const { statuteId, ruleVersion, terms, timeZone } = reading.basis
  return shape(SlaClock, {
    id: row.id,
    requestId: row.requestId,
    statuteId,
    citation: ruleFor(statuteId, ruleVersion, terms).citation,
    ruleVersion,
    state: reading.state,
    dueAt: new Date(reading.dueAt),
    timeZone,
    explanation: reading.explanation.map(shapeStep),
    deadlines: reading.deadlines.map(shapeDeadline),
    events: clock.events.map(({ kind, at, reason }) => shape(ClockEvent, { kind, at: new Date(at), reason })),
  })
}
