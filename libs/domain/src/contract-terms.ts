import { z } from 'zod'
import { calendarUnits, Term } from './term.js'

const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day, such as 09:00')

/** What a tenant and its customers agreed. A version is never changed; a clock keeps the one it was started under. */
export const ContractTerms = z
  .strictObject({
    version: z.int().min(1),
    /** By when receipt is confirmed. */
    acknowledge: Term.nullable(),
    period: Term,
    /** How far the period may be extended, with notice inside it. */
    extension: Term.nullable(),
    /** Whether the clock may be paused. */
    pauses: z.boolean(),
    /** Whether a calendar period that ends on a free day ends with the next working day. */
    rollsOverHolidays: z.boolean(),
    workingHours: z
      .strictObject({
        /** ISO weekdays, 1 Monday … 7 Sunday. */
        weekdays: z.array(z.int().min(1).max(7)).min(1).max(7),
        from: TimeOfDay,
        to: TimeOfDay,
      })
      .refine(({ from, to }) => from < to, { path: ['to'], message: 'work must end after it begins' }),
  })
  .refine(({ period, extension }) => extension === null || sameKind(period.unit, extension.unit), {
    path: ['extension', 'unit'],
    message: 'must count hours where the period does, and days where it does',
  })
export type ContractTerms = z.infer<typeof ContractTerms>

const sameKind = (left: Term['unit'], right: Term['unit']): boolean =>
  calendarUnits.has(left) === calendarUnits.has(right) && (calendarUnits.has(left) || left === right)
