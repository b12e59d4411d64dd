import { z } from 'zod'
import { DomainError } from './errors.js'
import { statutes, type StatuteId, type StatuteRule } from './statutes.js'

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

export interface ClockStep {
  readonly code: 'received' | 'period' | 'pause' | 'extension' | 'roll-over' | 'due'
  /** The day (YYYY-MM-DD, tenant's time zone) that the sum stands at after this step. */
  readonly day: string
  readonly note: string
}

const dayMs = 86_400_000

/** Calendar day of an instant in a time zone, as YYYY-MM-DD. */
export const calendarDay = (instant: string, timeZone: string): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(
    Date.parse(instant),
  )

const parseDay = (day: string): number => Date.parse(`${day}T00:00:00Z`)
const formatDay = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

/** Adds months by Reg. 1182/71: the same-numbered day, or the month's last where there is none. */
export function addMonths(day: string, count: number): string {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number]
  const last = new Date(Date.UTC(year, month - 1 + count + 1, 0)).getUTCDate()
  return formatDay(Date.UTC(year, month - 1 + count, Math.min(date, last)))
}

export const addDays = (day: string, count: number): string => formatDay(parseDay(day) + count * dayMs)

const addPeriod = (day: string, period: StatuteRule['period']): string =>
  period.unit === 'calendar-month' ? addMonths(day, period.count) : addDays(day, period.count)

const isWorkingDay = (day: string, holidays: ReadonlySet<string>): boolean => {
  const weekday = new Date(parseDay(day)).getUTCDay()
  return weekday !== 0 && weekday !== 6 && !holidays.has(day)
}

/** The instant at which a calendar day ends in a time zone (exclusive end: next local midnight). */
export function endOfDay(day: string, timeZone: string): string {
  const midnight = parseDay(addDays(day, 1))
  // The zone's offset at local midnight, found by asking what the zone's wall clock shows; twice for DST edges.
  const wallAt = (ms: number): number => {
    const parts = new Intl.DateTimeFormat('en-CA', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    }).formatToParts(ms)
    const part = (type: string): string => parts.find((p) => p.type === type)?.value ?? '00'
    return Date.parse(
      `${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}:${part('second')}Z`,
    )
  }
  const first = midnight - (wallAt(midnight) - midnight)
  return new Date(first - (wallAt(first) - midnight)).toISOString()
}

/** @throws DomainError CLOCK_EVENTS_INVALID when the order of events makes no sense. */
function assertOrder(events: readonly ClockEvent[]): void {
  let state: 'new' | 'running' | 'paused' | 'stopped' = 'new'
  for (const { kind } of events) {
    const following: 'running' | 'paused' | 'stopped' | null =
      kind === 'start' && state === 'new'
        ? 'running'
        : kind === 'pause' && state === 'running'
          ? 'paused'
          : kind === 'resume' && state === 'paused'
            ? 'running'
            : kind === 'extend' && state === 'running'
              ? 'running'
              : kind === 'stop' && (state === 'running' || state === 'paused')
                ? 'stopped'
                : null
    if (following === null)
      throw new DomainError('CLOCK_EVENTS_INVALID', `A clock that is ${state} cannot ${kind}.`, 'events')
    state = following
  }
  if (state === 'new') throw new DomainError('CLOCK_EVENTS_INVALID', 'A clock begins with a start event.', 'events')
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
  let due = step('period', addPeriod(received, rule.period), `${rule.period.count} ${rule.period.unit}: ${rule.citation}`)

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

const wholeDays = (from: string, to: string, timeZone: string): number =>
  Math.max(0, Math.round((parseDay(calendarDay(to, timeZone)) - parseDay(calendarDay(from, timeZone))) / dayMs))
