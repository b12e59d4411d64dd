import { z } from 'zod'

/** A statute is data: the rule that turns the day of receipt into a due day. */
export interface StatuteRule {
  readonly id: StatuteId
  /** Changes whenever the rule's meaning does; past clocks keep the version they were started under. */
  readonly version: number
  readonly citation: string
  readonly period: { readonly unit: 'calendar-month' | 'calendar-day'; readonly count: number }
  /** How far the period may be extended in all, with notice inside the first period. */
  readonly extension: { readonly unit: 'calendar-month' | 'calendar-day'; readonly count: number } | null
  /** Whether doubt about identity stops the clock. */
  readonly pausesForIdentity: boolean
  /** Whether a due day on a weekend or holiday rolls to the next working day (Reg. 1182/71 Art. 3(4)). */
  readonly rollsOverHolidays: boolean
}

export const StatuteId = z.enum(['gdpr-12-3', 'ccpa-7021'])
export type StatuteId = z.infer<typeof StatuteId>

export const statutes: Readonly<Record<StatuteId, StatuteRule>> = {
  'gdpr-12-3': {
    id: 'gdpr-12-3',
    version: 1,
    citation: 'GDPR Art. 12(3) with Regulation (EEC, Euratom) 1182/71 Art. 3',
    period: { unit: 'calendar-month', count: 1 },
    extension: { unit: 'calendar-month', count: 2 },
    pausesForIdentity: true,
    rollsOverHolidays: true,
  },
  'ccpa-7021': {
    id: 'ccpa-7021',
    version: 1,
    citation: 'Cal. Code Regs. tit. 11, § 7021',
    period: { unit: 'calendar-day', count: 45 },
    extension: { unit: 'calendar-day', count: 45 },
    pausesForIdentity: false,
    rollsOverHolidays: false,
  },
}
