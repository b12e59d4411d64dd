import { z } from 'zod'
import { officeDays } from './calendar.js'
import type { ContractTerms } from './contract-terms.js'
import { DomainError } from './errors.js'
import type { Term } from './term.js'

export const StatuteId = z.enum(['gdpr-12-3', 'ccpa-7021', 'california-drop', 'contract'])
export type StatuteId = z.infer<typeof StatuteId>

/** A statute is data: the rule that turns the instant of receipt into deadlines. */
export interface StatuteRule {
  readonly id: StatuteId
  /** Changes whenever the rule's meaning does; past clocks keep the version they were started under. */
  readonly version: number
  readonly citation: string
  /** By when receipt is confirmed; null where the rule asks for no confirmation. */
  readonly acknowledge: Term | null
  readonly period: Term
  /** How far the period may be extended in all, once, with notice inside the first period. */
  readonly extension: Term | null
  /** Whether doubt about identity (or, by contract, what was agreed) stops the clock. */
  readonly pauses: boolean
  /** Whether a due day on a weekend or holiday rolls to the next working day (Reg. 1182/71 Art. 3(4)). */
  readonly rollsOverHolidays: boolean
  /** What becomes of a request whose person cannot be verified. */
  readonly unverifiable: 'waits' | 'may-be-denied' | 'opt-out' | 'as-agreed'
  /** How often the list of requests must be fetched, where the rule says so. */
  readonly access: Term | null
  /** ISO weekdays that are worked, and the hours of the day where the rule counts hours. */
  readonly workingHours: ContractTerms['workingHours']
}

const office = { weekdays: [...officeDays], from: '00:00', to: '23:59' } as const satisfies StatuteRule['workingHours']
const days45 = { unit: 'calendar-day', count: 45 } as const satisfies Term

const ccpa = {
  id: 'ccpa-7021',
  period: days45,
  extension: days45,
  pauses: false,
  rollsOverHolidays: false,
  unverifiable: 'may-be-denied',
  access: null,
  workingHours: office,
} as const satisfies Partial<StatuteRule>

/** Every version of every statute, the newest of each last. */
export const statuteRules: readonly StatuteRule[] = [
  {
    id: 'gdpr-12-3',
    version: 1,
    citation: 'GDPR Art. 12(3) with Regulation (EEC, Euratom) 1182/71 Art. 3',
    acknowledge: null,
    period: { unit: 'calendar-month', count: 1 },
    extension: { unit: 'calendar-month', count: 2 },
    pauses: true,
    rollsOverHolidays: true,
    unverifiable: 'waits',
    access: null,
    workingHours: office,
  },
  // Version 1 knew no confirmation of receipt.
  { ...ccpa, version: 1, citation: 'Cal. Code Regs. tit. 11, § 7021', acknowledge: null },
  {
    ...ccpa,
    version: 2,
    citation: 'Cal. Code Regs. tit. 11, § 7021(a), (b)',
    acknowledge: { unit: 'business-day', count: 10 },
  },
  {
    id: 'california-drop',
    version: 1,
    citation: 'Cal. Civ. Code § 1798.99.86(c), (d) (Delete Act, DROP)',
    acknowledge: null,
    period: days45,
    extension: null,
    pauses: false,
    rollsOverHolidays: false,
    unverifiable: 'opt-out',
    access: days45,
    workingHours: office,
  },
]

/** Newest version of each statute that is law and not agreed. */
export const statutes = Object.fromEntries(statuteRules.map((rule) => [rule.id, rule])) as Readonly<
  Record<Exclude<StatuteId, 'contract'>, StatuteRule>
>

/**
 * The rule of a clock.
 *
 * @throws DomainError CLOCK_RULE_UNKNOWN for a version that never was, and for a contract whose terms are missing or
 *   have another version
 */
export function ruleFor(statuteId: StatuteId, version: number, terms: ContractTerms | null): StatuteRule {
  if (statuteId === 'contract') {
    if (terms?.version !== version)
      throw new DomainError('CLOCK_RULE_UNKNOWN', `A clock by contract needs version ${version} of its terms.`, 'terms')
    return { id: 'contract', citation: `Contract, terms ${version}`, unverifiable: 'as-agreed', access: null, ...terms }
  }
  const rule = statuteRules.find((each) => each.id === statuteId && each.version === version)
  if (rule) return rule
  throw new DomainError('CLOCK_RULE_UNKNOWN', `Rule ${statuteId} has no version ${version} here.`, 'ruleVersion')
}

/** First day on which there could be a request under a statute; a contract may be of any age. */
const applicableSince: Readonly<Record<StatuteId, string | null>> = {
  // GDPR Art. 99(2).
  'gdpr-12-3': '2018-05-25',
  // Cal. Civ. Code § 1798.198(a).
  'ccpa-7021': '2020-01-01',
  // Cal. Civ. Code § 1798.99.86(a): from then on people can ask.
  'california-drop': '2026-01-01',
  contract: null,
}

/**
 * Requests are taken over from elsewhere years late, but one older than this is a mistyped year (0026, 1926) or a zero
 * that some program took for a time (1970), whose clock would be overdue for good and on record for good.
 */
const oldestYears = 10

/** The first day, as 2018-05-25, on which a request that is taken in now may have been received. */
export function earliestReceipt(statuteId: StatuteId, now: Date): string {
  const oldest = new Date(now)
  oldest.setUTCFullYear(oldest.getUTCFullYear() - oldestYears)
  const day = oldest.toISOString().slice(0, 10)
  const since = applicableSince[statuteId]
  return since !== null && since > day ? since : day
}
