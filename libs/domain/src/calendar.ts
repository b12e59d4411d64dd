import { Temporal } from 'temporal-polyfill'

/** Which days are worked: ISO weekdays (1 Monday … 7 Sunday), less the holidays (YYYY-MM-DD). */
export interface WorkingDays {
  readonly weekdays: readonly number[]
  readonly holidays: ReadonlySet<string>
}

/** Monday to Friday, as Reg. 1182/71 and California's business days have it. */
export const officeDays: readonly number[] = [1, 2, 3, 4, 5]

/** No search for a working day goes further; a calendar without any is an error of its makers. */
const searchDays = 3660

const zoned = (instant: string, timeZone: string): Temporal.ZonedDateTime =>
  Temporal.Instant.from(instant).toZonedDateTimeISO(timeZone)

/** An instant as the platform writes them: UTC with milliseconds. */
export const instantAt = (epochMs: number): string => new Date(epochMs).toISOString()

/** Calendar day of an instant in an IANA time zone, as YYYY-MM-DD. */
export const calendarDay = (instant: string, timeZone: string): string =>
  zoned(instant, timeZone).toPlainDate().toString()

/** Adds months by Reg. 1182/71 Art. 3(2)(c): the same-numbered day, or the month's last where there is none. */
export const addMonths = (day: string, count: number): string =>
  Temporal.PlainDate.from(day).add({ months: count }, { overflow: 'constrain' }).toString()

export const addDays = (day: string, count: number): string =>
  Temporal.PlainDate.from(day).add({ days: count }).toString()

export const isWorkingDay = (day: string, { weekdays, holidays }: WorkingDays): boolean =>
  weekdays.includes(Temporal.PlainDate.from(day).dayOfWeek) && !holidays.has(day)

/** The day itself where it is worked, or the next that is. */
export function nextWorkingDay(day: string, calendar: WorkingDays): string {
  for (let ahead = 0; ahead < searchDays; ahead++) {
    const candidate = addDays(day, ahead)
    if (isWorkingDay(candidate, calendar)) return candidate
  }
  throw new RangeError(`No working day within ${searchDays} days of ${day}.`)
}

/** The `count`-th working day after a day, which itself is not counted. */
export function addWorkingDays(day: string, count: number, calendar: WorkingDays): string {
  let reached = day
  for (let left = count; left > 0; left--) reached = nextWorkingDay(addDays(reached, 1), calendar)
  return reached
}

/** Calendar days from one day to another; never negative. */
export const daysBetween = (from: string, to: string): number =>
  Math.max(0, Temporal.PlainDate.from(from).until(to, { largestUnit: 'day' }).days)

/** Working days from one day on and before another. */
export function workingDaysBetween(from: string, to: string, calendar: WorkingDays): number {
  let count = 0
  for (let day = from; day < to; day = addDays(day, 1)) if (isWorkingDay(day, calendar)) count++
  return count
}

/** The instant at which a calendar day begins in a time zone; where daylight saving skips midnight, the first there is. */
export const startOfDay = (day: string, timeZone: string): string =>
  instantAt(Temporal.PlainDate.from(day).toZonedDateTime(timeZone).epochMilliseconds)

/** The instant at which a calendar day ends in a time zone (exclusive end: the next day's beginning). */
export const endOfDay = (day: string, timeZone: string): string => startOfDay(addDays(day, 1), timeZone)

/** The instant of a wall-clock time (HH:MM) on a day; one that daylight saving skips is taken after the gap. */
export const wallTime = (day: string, time: string, timeZone: string): string =>
  instantAt(Temporal.PlainDate.from(day).toZonedDateTime({ timeZone, plainTime: time }).epochMilliseconds)
