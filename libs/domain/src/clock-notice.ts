import { z } from 'zod'
import { addDays, calendarDay, instantAt, wallTime } from './calendar.js'
import type { Deadline } from './sla-clock.js'

/** When something is said about a deadline: seven days before its day, two, on the day itself, and once it is over. */
export const ClockThreshold = z.enum(['P7D', 'P2D', 'P0D', 'quarter-left', 'over'])
export type ClockThreshold = z.infer<typeof ClockThreshold>

/** Nobody is woken: reminders come when the day's work begins, on the wall clock of the tenant. */
const reminderTime = '09:00'
const reminders = [
  ['P7D', 7],
  ['P2D', 2],
  ['P0D', 0],
] as const satisfies readonly (readonly [ClockThreshold, number])[]

/**
 * What is to be said of a deadline at an instant, if anything: the newest threshold that was reached. Thresholds that
 * were missed are left out, so that a sweep that was down for a week says one thing and not three. A period that is
 * too short for days has one reminder, when a quarter of it is left.
 */
export function thresholdReached(
  { state, dueAt }: Pick<Deadline, 'state' | 'dueAt'>,
  { receivedAt, timeZone, now }: { receivedAt: string; timeZone: string; now: string },
): ClockThreshold | null {
  if (state === 'BREACHED') return 'over'
  if (state !== 'RUNNING') return null
  const [start, end] = [Date.parse(receivedAt), Date.parse(dueAt)]
  const lastDay = calendarDay(instantAt(end - 1), timeZone)
  const inside = reminders
    .map(([threshold, days]) => ({
      threshold,
      at: Date.parse(wallTime(addDays(lastDay, -days), reminderTime, timeZone)),
    }))
    .filter(({ at }) => at > start && at < end)
  const due = inside.length > 0 ? inside : [{ threshold: 'quarter-left' as const, at: end - (end - start) / 4 }]
  return due.findLast(({ at }) => at <= Date.parse(now))?.threshold ?? null
}
