import { z } from 'zod'
import {
  addDays,
  addMonths,
  addWorkingDays,
  calendarDay,
  daysBetween,
  endOfDay,
  instantAt,
  isWorkingDay,
  nextWorkingDay,
  workingDaysBetween,
} from './calendar.js'
import type { ClockProgress } from './clock-progress.js'
import { StatuteId } from './statutes.js'
import { calendarUnits, type Term, TermUnit } from './term.js'
import { addWorkingTime, type WorkingHours, workingTimeBetween } from './working-time.js'

export const ClockStep = z.object({
  code: z.enum([
    'received',
    'rule-change',
    'period',
    'extension',
    'extension-not-counted',
    'pause',
    'pause-not-counted',
    'roll-over',
    'due',
  ]),
  /** The day (YYYY-MM-DD, tenant's time zone) that the sum stands at after this step. */
  day: z.iso.date(),
  /** The step in English; the members below say the same for other languages. */
  note: z.string(),
  /** The instant that the sum stands at, where the rule counts hours. */
  at: z.iso.datetime().optional(),
  /** What was added, in this unit. Milliseconds of a pause where the rule counts hours. */
  count: z.number().optional(),
  unit: z.enum([...TermUnit.options, 'millisecond']).optional(),
  from: z.iso.datetime().optional(),
  /** Missing while a pause goes on. */
  until: z.iso.datetime().optional(),
  reason: z.string().optional(),
  /** Of a change: the rule that it took the place of. */
  statuteId: StatuteId.optional(),
  ruleVersion: z.int().optional(),
})
export type ClockStep = z.infer<typeof ClockStep>

export interface ClockSum {
  /** Exclusive end of the period. */
  readonly dueAt: string
  readonly steps: readonly ClockStep[]
}

const hourMs = 3_600_000

/** The sum of the whole period: receipt, period, extension, pauses, free days, in this order. */
export function sumUp(progress: ClockProgress, now: string): ClockSum {
  const { rule, basis, startedAt, extension, changes } = progress
  const sum = new Sum(hoursOf(progress), startedAt, calendarUnits.has(rule.period.unit))
  sum.step('received', {}, sum.countsDays ? 'Day of receipt; it is not counted.' : 'Receipt.')
  for (const { at, from } of changes)
    sum.step(
      'rule-change',
      { from: at, statuteId: from.statuteId, ruleVersion: from.ruleVersion },
      `Since ${calendarDay(at, basis.timeZone)} counted by ${rule.citation} instead of ${from.statuteId}.`,
    )
  sum.add(rule.period)
  sum.step('period', rule.period, `${rule.period.count} ${rule.period.unit}: ${rule.citation}`)
  if (extension !== null) addExtension(sum, progress, extension)
  for (const pause of pausesOf(progress)) addPause(sum, progress, pause, now)
  if (rule.rollsOverHolidays) sum.rollOver()
  sum.step('due', {}, sum.countsDays ? 'Ends with the last hour of this day.' : 'Ends at this instant.')
  return { dueAt: sum.dueAt, steps: sum.steps }
}

/** By when receipt is to be confirmed; null where the rule asks for none. Neither pauses nor extensions move it. */
export function sumUpAcknowledgement(progress: ClockProgress): ClockSum | null {
  const { acknowledge, citation, rollsOverHolidays } = progress.rule
  if (acknowledge === null) return null
  const sum = new Sum(hoursOf(progress), progress.startedAt, calendarUnits.has(acknowledge.unit))
  sum.step('received', {}, sum.countsDays ? 'Day of receipt; it is not counted.' : 'Receipt.')
  sum.add(acknowledge)
  sum.step('period', acknowledge, `${acknowledge.count} ${acknowledge.unit}: ${citation}`)
  if (rollsOverHolidays) sum.rollOver()
  sum.step('due', {}, sum.countsDays ? 'Ends with the last hour of this day.' : 'Ends at this instant.')
  return { dueAt: sum.dueAt, steps: sum.steps }
}

function addExtension(
  sum: Sum,
  { rule, startedAt }: ClockProgress,
  { unit, count, reason }: NonNullable<ClockProgress['extension']>,
): void {
  const limit = rule.extension
  if (limit === null)
    return sum.step('extension-not-counted', { reason }, `${rule.citation} knows no extension; it is not counted.`)
  const term = { unit: limit.unit, count: unit === limit.unit ? Math.min(count, limit.count) : limit.count }
  // Months are counted from receipt: one and two more from 31 January end on 30 April, not on the 28th.
  if (term.unit === 'calendar-month' && rule.period.unit === 'calendar-month')
    sum.restart(startedAt, { unit: term.unit, count: term.count + rule.period.count })
  else sum.add(term)
  sum.step('extension', { ...term, reason }, `Extended with notice by ${term.count} ${term.unit}: ${reason}`)
}

interface Pause {
  readonly from: string
  readonly until: string | null
  readonly reason: string
}

const pausesOf = ({ pauses, pausedSince }: ClockProgress): Pause[] => [
  ...pauses,
  ...(pausedSince === null ? [] : [{ from: pausedSince, until: null, reason: '' }]),
]

function addPause(sum: Sum, { rule }: ClockProgress, { from, until, reason }: Pause, now: string): void {
  const span = { from, ...(until === null ? {} : { until }), ...(reason === '' ? {} : { reason }) }
  if (!rule.pauses)
    return sum.step('pause-not-counted', span, `${rule.citation} does not let a clock pause; this pause adds nothing.`)
  // Whoever pauses on a free day after the period's last day still had until the next working day.
  if (rule.rollsOverHolidays && sum.isBehind(from)) sum.rollOver()
  const { count, unit } = sum.addSpan(
    rule.period.unit,
    from,
    until ?? (Date.parse(now) > Date.parse(from) ? now : from),
  )
  const length = unit === 'millisecond' ? `${(count / hourMs).toFixed(2)} hours` : `${count} days`
  sum.step('pause', { ...span, count, unit }, `Paused for ${length}${until === null ? ' so far.' : `: ${reason}`}`)
}

/** A date that is added to, and the steps by which it came about. Days until the end, or an instant. */
class Sum {
  readonly steps: ClockStep[] = []
  #day: string
  #instant: string

  constructor(
    private readonly hours: WorkingHours,
    startedAt: string,
    readonly countsDays: boolean,
  ) {
    this.#day = calendarDay(startedAt, hours.timeZone)
    this.#instant = startedAt
  }

  get dueAt(): string {
    return this.countsDays ? endOfDay(this.#day, this.hours.timeZone) : instantAt(Date.parse(this.#instant))
  }

  step(code: ClockStep['code'], facts: Partial<ClockStep>, note: string): void {
    const where = this.countsDays
      ? { day: this.#day }
      : { day: calendarDay(this.#instant, this.hours.timeZone), at: this.#instant }
    this.steps.push({ code, ...where, ...facts, note })
  }

  add({ unit, count }: Term): void {
    if (unit === 'calendar-month') this.#day = addMonths(this.#day, count)
    if (unit === 'calendar-day') this.#day = addDays(this.#day, count)
    if (unit === 'business-day') this.#day = addWorkingDays(this.#day, count, this.hours)
    if (unit === 'hour') this.#instant = instantAt(Date.parse(this.#instant) + count * hourMs)
    if (unit === 'business-hour') this.#instant = addWorkingTime(this.#instant, count * hourMs, this.hours)
  }

  restart(startedAt: string, term: Term): void {
    this.#day = calendarDay(startedAt, this.hours.timeZone)
    this.add(term)
  }

  /** Adds what lies between two instants, as the period counts. */
  addSpan(by: Term['unit'], from: string, until: string): { count: number; unit: NonNullable<ClockStep['unit']> } {
    const [first, last] = [from, until].map((at) => calendarDay(at, this.hours.timeZone)) as [string, string]
    if (by === 'business-day') {
      const count = workingDaysBetween(first, last, this.hours)
      this.#day = addWorkingDays(this.#day, count, this.hours)
      return { count, unit: by }
    }
    if (calendarUnits.has(by)) {
      const count = daysBetween(first, last)
      this.#day = addDays(this.#day, count)
      return { count, unit: 'calendar-day' }
    }
    const isWorking = by === 'business-hour'
    const count = isWorking ? workingTimeBetween(from, until, this.hours) : Date.parse(until) - Date.parse(from)
    this.#instant = isWorking
      ? addWorkingTime(this.#instant, count, this.hours)
      : instantAt(Date.parse(this.#instant) + count)
    return { count, unit: 'millisecond' }
  }

  isBehind(instant: string): boolean {
    return this.countsDays && this.#day < calendarDay(instant, this.hours.timeZone)
  }

  /** Reg. 1182/71 Art. 3(4). */
  rollOver(): void {
    if (!this.countsDays || isWorkingDay(this.#day, this.hours)) return
    this.#day = nextWorkingDay(this.#day, this.hours)
    this.step('roll-over', {}, 'The period ended on a weekend or holiday; it ends with the next working day.')
  }
}

const hoursOf = ({ rule, basis }: ClockProgress): WorkingHours => ({
  ...rule.workingHours,
  timeZone: basis.timeZone,
  holidays: new Set(basis.holidays),
})
