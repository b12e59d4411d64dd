import {
  addDays,
  calendarDay,
  instantAt,
  isWorkingDay,
  nextWorkingDay,
  wallTime,
  type WorkingDays,
} from './calendar.js'

/** Working days with their hours (HH:MM, the second later than the first) on the wall clock of a time zone. */
export interface WorkingHours extends WorkingDays {
  readonly from: string
  readonly to: string
  readonly timeZone: string
}

/** Begin and end of work on a day, in epoch milliseconds; empty where the day is not worked. */
function shift(day: string, hours: WorkingHours): readonly [number, number] {
  if (!isWorkingDay(day, hours)) return [0, 0]
  const [from, to] = [hours.from, hours.to].map((time) => Date.parse(wallTime(day, time, hours.timeZone)))
  return [from ?? 0, to ?? 0]
}

/** Working milliseconds from one instant to another; never negative. */
export function workingTimeBetween(from: string, to: string, hours: WorkingHours): number {
  const [start, end] = [Date.parse(from), Date.parse(to)]
  let sum = 0
  for (
    let day = calendarDay(from, hours.timeZone);
    start < end && day <= calendarDay(to, hours.timeZone);
    day = addDays(day, 1)
  ) {
    const [opens, closes] = shift(day, hours)
    sum += Math.max(0, Math.min(end, closes) - Math.max(start, opens))
  }
  return sum
}

/** The instant by which so many working milliseconds have passed since another. */
export function addWorkingTime(from: string, workingMs: number, hours: WorkingHours): string {
  if (workingMs === 0) return from
  let left = workingMs
  for (let day = calendarDay(from, hours.timeZone); ; day = addDays(day, 1)) {
    day = nextWorkingDay(day, hours)
    const [opens, closes] = shift(day, hours)
    const begins = Math.max(opens, Date.parse(from))
    const room = Math.max(0, closes - begins)
    if (left <= room) return instantAt(begins + left)
    left -= room
  }
}
