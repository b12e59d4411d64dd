import { addDays, calendarDay, endOfDay } from './calendar.js'
import { statutes } from './statutes.js'

/**
 * By when the list of requests is to be fetched again (exclusive end of the day): at least every 45 days under the Delete
 * Act, Cal. Civ. Code § 1798.99.86(c). The day of the fetch is not counted.
 */
export function nextListAccess(fetchedAt: string, timeZone: string): string {
  const days = statutes['california-drop'].access?.count ?? 0
  return endOfDay(addDays(calendarDay(fetchedAt, timeZone), days), timeZone)
}
