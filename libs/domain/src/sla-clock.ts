import { z } from 'zod'
import { DomainError } from './errors.js'
import { addDays, addPeriod, calendarDay, endOfDay, isWorkingDay, wholeDays } from './calendar.js'
import { statutes, type StatuteId } from './statutes.js'

/** What happened to a clock. Instants are ISO 8601 in UTC; the order of the array is the order of events. */
export const ClockEvent = z.object({
  kind: z.enum(['start', 'pause', 'resume', 'extend', 'stop']),
  at: z.iso.datetime(),
  reason: z.string().max(500),
})
export type ClockEvent = z.infer<typeof ClockEvent>

export const ClockState = z.enum(['RUNNING', 'PAUSED', 'MET', 'BREACHED'])
export type ClockState = z.infer<typeof ClockState>

export interface ClockReading {
  readonly state: ClockState
  /** End of the due day in the tenant's time zone, as an instant. */
  readonly dueAt: string
  /** Each step of the sum, in order, so that anybody can reconstruct the date. */
  readonly explanation: readonly ClockStep[]
}

export const ClockStep = z.object({
  code: z.enum(['received', 'period', 'pause', 'extension', 'roll-over', 'due']),
  /** The day (YYYY-MM-DD, tenant's time zone) that the sum stands at after this step. */
  day: z.iso.date(),
  note: z.string(),
})
export type ClockStep = z.infer<typeof ClockStep>

type Life = 'new' | 'running' | 'paused' | 'stopped'

const following: Record<Life, Partial<Record<ClockEvent['kind'], Life>>> = {
  new: { start: 'running' },
  running: { pause: 'paused', extend: 'running', stop: 'stopped' },
  paused: { resume: 'running', stop: 'stopped' },
  stopped: {},
}

/** @throws DomainError CLOCK_EVENTS_INVALID when the order of events makes no sense. */
function assertOrder(events: readonly ClockEvent[]): void {
  let life: Life = 'new'
  for (const { kind } of events) {
    const next: Life | undefined = following[life][kind]
    if (!next) throw new DomainError('CLOCK_EVENTS_INVALID', `A clock that is ${life} cannot ${kind}.`, 'events')
    life = next
  }
  if (life === 'new') throw new DomainError('CLOCK_EVENTS_INVALID', 'A clock begins with a start event.', 'events')
}

/**
 * Reads a clock: a pure function of its events, the statute's version, the holiday table and the present instant.
 * Replaying the same arguments gives the same reading.
 */
export function readClock(input: {
  statuteId: StatuteId
  events: readonly ClockEvent[]
  timeZone: string
  /** Days (YYYY-MM-DD) that are no working days besides Saturdays and Sundays. */
  holidays: readonly string[]
  now: string
}): ClockReading {
  assertOrder(input.events)
  const rule = statutes[input.statuteId]
  const holidays = new Set(input.holidays)
  const started = input.events[0]?.at ?? input.now
  const explanation: ClockStep[] = []
  const step = (code: ClockStep['code'], day: string, note: string): string => {
    explanation.push({ code, day, note })
    return day
  }

  const received = step('received', calendarDay(started, input.timeZone), 'Day of receipt; it is not counted.')
  let due = step(
    'period',
    addPeriod(received, rule.period),
    `${rule.period.count} ${rule.period.unit}: ${rule.citation}`,
  )

  let pausedAt: string | null = null
  for (const event of input.events) {
    if (event.kind === 'pause') pausedAt = event.at
    if (event.kind === 'resume' && pausedAt !== null) {
      const days = wholeDays(pausedAt, event.at, input.timeZone)
      due = step('pause', addDays(due, days), `Paused for ${days} days: ${event.reason}`)
      pausedAt = null
    }
    if (event.kind === 'extend' && rule.extension)
      due = step('extension', addPeriod(due, rule.extension), `Extended with notice: ${event.reason}`)
  }
  if (pausedAt !== null) {
    const days = wholeDays(pausedAt, input.now, input.timeZone)
    due = step('pause', addDays(due, days), `Paused for ${days} days so far.`)
  }
  if (rule.rollsOverHolidays && !isWorkingDay(due, holidays)) {
    while (!isWorkingDay(due, holidays)) due = addDays(due, 1)
    step('roll-over', due, 'The period ended on a weekend or holiday; it ends with the next working day.')
  }
  step('due', due, 'Ends with the last hour of this day.')

  const dueAt = endOfDay(due, input.timeZone)
  const stopped = input.events.find((event) => event.kind === 'stop')
  const reference = Date.parse(stopped?.at ?? input.now)
  const late = reference > Date.parse(dueAt)
  const state: ClockState = late ? 'BREACHED' : stopped ? 'MET' : pausedAt !== null ? 'PAUSED' : 'RUNNING'
  return { state, dueAt, explanation }
}
