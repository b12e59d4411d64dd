import { z } from 'zod'

export const TermUnit = z.enum(['calendar-month', 'calendar-day', 'business-day', 'hour', 'business-hour'])
export type TermUnit = z.infer<typeof TermUnit>

/** A length of time as rules state it. */
export const Term = z.strictObject({ unit: TermUnit, count: z.int().min(1).max(2000) })
export type Term = z.infer<typeof Term>

/** Units that end with a day; the others end at an instant. */
export const calendarUnits: ReadonlySet<TermUnit> = new Set(['calendar-month', 'calendar-day', 'business-day'])
