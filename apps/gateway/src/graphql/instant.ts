import { z } from 'zod'

const pattern = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/

/** There is no year 0, neither to PostgreSQL nor to calendars, and instants are written with years of four digits. */
const [earliestMs, latestMs] = [Date.parse('0001-01-01T00:00:00Z'), Date.parse('9999-12-31T23:59:59.999Z')]

/** Whether a day (YYYY-MM-DD) is one of the calendar; Date.parse takes 30 February for 2 March. */
export const isRealDay = (day: string): boolean => {
  const ms = Date.parse(`${day}T00:00:00Z`)
  return ms >= earliestMs && new Date(ms).toISOString().startsWith(day)
}

/** An ISO 8601 instant with a zone, of the years 1 to 9999; null for any other text. */
export function readInstant(text: string): Date | null {
  const day = pattern.exec(text)?.[1]
  const ms = day !== undefined && isRealDay(day) ? Date.parse(text) : Number.NaN
  return ms >= earliestMs && ms <= latestMs ? new Date(ms) : null
}

/** The same of a query string. */
export const Instant = z.string().transform((text, context) => {
  const instant = readInstant(text)
  if (instant !== null) return instant
  context.addIssue({ code: 'custom', message: 'must be an ISO 8601 instant with a zone, such as 2026-01-31T09:00:00Z' })
  return z.NEVER
})
