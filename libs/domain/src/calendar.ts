import type { StatuteRule } from './statutes.js'

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

export const addPeriod = (day: string, period: StatuteRule['period']): string =>
  period.unit === 'calendar-month' ? addMonths(day, period.count) : addDays(day, period.count)

export const isWorkingDay = (day: string, holidays: ReadonlySet<string>): boolean => {
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

/** Calendar days between two instants in a time zone; never negative. */
export const wholeDays = (from: string, to: string, timeZone: string): number =>
  Math.max(0, Math.round((parseDay(calendarDay(to, timeZone)) - parseDay(calendarDay(from, timeZone))) / dayMs))
