import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addDays, calendarDay, daysBetween, endOfDay, isWorkingDay, officeDays, startOfDay } from './calendar.js'
import type { ClockBasis, ClockEvent, ClockEventKind } from './clock-event.js'
import { clockTransitions } from './clock-progress.js'
import type { ContractTerms } from './contract-terms.js'
import { isDomainError } from './errors.js'
import { readClock } from './sla-clock.js'
import { TermUnit } from './term.js'
import { addWorkingTime, workingTimeBetween } from './working-time.js'

const instant = fc
  .date({ min: new Date('2024-01-01T00:00:00Z'), max: new Date('2029-12-31T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString())
const timeZone = fc.constantFrom('Europe/Berlin', 'America/Los_Angeles', 'Asia/Tokyo', 'Africa/Cairo', 'Pacific/Apia')
const holidays = fc.uniqueArray(
  fc.integer({ min: 0, max: 2200 }).map((days) => addDays('2024-01-01', days)),
  { maxLength: 60 },
)
const workingHours = fc.constantFrom<ContractTerms['workingHours']>(
  { weekdays: [...officeDays], from: '09:00', to: '17:30' },
  { weekdays: [1, 3, 6], from: '01:00', to: '03:30' },
)
const terms: fc.Arbitrary<ContractTerms> = fc
  .record({
    unit: fc.constantFrom(...TermUnit.options),
    count: fc.integer({ min: 1, max: 40 }),
    more: fc.integer({ min: 1, max: 10 }),
    pauses: fc.boolean(),
    rollsOverHolidays: fc.boolean(),
    workingHours,
  })
  .map(({ unit, count, more, ...rest }) => ({
    version: 1,
    acknowledge: { unit: 'business-day', count: 2 },
    period: { unit, count },
    extension: { unit, count: more },
    ...rest,
  }))
const basis: fc.Arbitrary<ClockBasis> = fc.oneof(
  fc.record({
    statuteId: fc.constantFrom('gdpr-12-3', 'california-drop'),
    ruleVersion: fc.constant(1),
    terms: fc.constant(null),
    timeZone,
    holidays,
  }),
  fc.record({
    statuteId: fc.constant('ccpa-7021'),
    ruleVersion: fc.integer({ min: 1, max: 2 }),
    terms: fc.constant(null),
    timeZone,
    holidays,
  }),
  fc.record({ statuteId: fc.constant('contract'), ruleVersion: fc.constant(1), terms, timeZone, holidays }),
)

const attempt = fc.record({
  kind: fc.constantFrom<ClockEventKind>('acknowledge', 'pause', 'resume', 'extend', 'change', 'stop'),
  afterMs: fc.integer({ min: 0, max: 12 * 86_400_000 }),
  /** Instead of some time later, this long before or after the end of the period: where rules have their edges. */
  aboutEndMs: fc.option(fc.integer({ min: -3 * 86_400_000, max: 3 * 86_400_000 })),
  basis,
})

interface Life {
  readonly basis: ClockBasis
  readonly events: readonly ClockEvent[]
}

const read = ({ basis: rule, events }: Life, now: string) => readClock({ ...rule, events, now })
const isRefused = (life: Life, event: ClockEvent): boolean => {
  try {
    read({ ...life, events: [...life.events, event] }, event.at)
    return false
  } catch (error) {
    if (isDomainError(error)) return true
    throw error
  }
}

/** When an attempt comes, never before the last event. */
const instantOf = (lived: Life, last: string, when: { afterMs: number; aboutEndMs: number | null }): number => {
  const end = Date.parse(read(lived, last).dueAt)
  return Math.max(Date.parse(last), when.aboutEndMs === null ? Date.parse(last) + when.afterMs : end + when.aboutEndMs)
}

/** Lives of clocks, of events that were allowed when they came. */
const life: fc.Arbitrary<Life> = fc
  .record({ basis, start: instant, attempts: fc.array(attempt, { maxLength: 8 }) })
  .map(({ basis: rule, start, attempts }) => {
    const events: ClockEvent[] = [{ kind: 'start', at: start, reason: '' }]
    let at = Date.parse(start)
    for (const { kind, afterMs, aboutEndMs, basis: other } of attempts) {
      at = instantOf({ basis: rule, events }, new Date(at).toISOString(), { afterMs, aboutEndMs })
      const event = { kind, at: new Date(at).toISOString(), reason: '', ...(kind === 'change' ? { basis: other } : {}) }
      if (!isRefused({ basis: rule, events }, event)) events.push(event)
    }
    return { basis: rule, events }
  })
const days = (count: number): number => count * 86_400_000
const later = (at: string, ms: number): string => new Date(Date.parse(at) + ms).toISOString()
const lastOf = ({ events }: Life): string => events.at(-1)?.at ?? ''

const runs = { numRuns: 120 }

describe('for every life of a clock', () => {
  it('a replay from what was written down gives the same reading', () => {
    fc.assert(
      fc.property(life, fc.integer({ min: 0, max: days(200) }), (lived, ms) => {
        const now = later(lastOf(lived), ms)
        expect(read(JSON.parse(JSON.stringify(lived)) as Life, now)).toEqual(read(lived, now))
      }),
      runs,
    )
  })

  it('the due date never moves back as time passes, and a clock that is late stays late', () => {
    fc.assert(
      fc.property(life, fc.array(fc.integer({ min: 0, max: days(30) }), { maxLength: 6 }), (lived, waits) => {
        let [now, before] = [lastOf(lived), read(lived, lastOf(lived))]
        for (const wait of waits) {
          now = later(now, wait)
          const after = read(lived, now)
          expect(Date.parse(after.dueAt)).toBeGreaterThanOrEqual(Date.parse(before.dueAt))
          if (before.state === 'BREACHED') expect(after.state).toBe('BREACHED')
          before = after
        }
      }),
      runs,
    )
  })

  it('a clock that is paused is never late, and running on never makes it so', () => {
    fc.assert(
      fc.property(life, fc.integer({ min: 0, max: days(90) }), (lived, ms) => {
        fc.pre(read(lived, lastOf(lived)).state === 'PAUSED')
        const now = later(lastOf(lived), ms)
        expect(read(lived, now).state).toBe('PAUSED')
        const resumed = { ...lived, events: [...lived.events, { kind: 'resume' as const, at: now, reason: '' }] }
        expect(read(resumed, now).state).toBe('RUNNING')
      }),
      { numRuns: 40 },
    )
  })

  it('nothing brings a late clock back, and no event but a change of rule brings the due date nearer', () => {
    fc.assert(
      fc.property(life, attempt, (lived, { kind, basis: other, ...when }) => {
        const at = new Date(instantOf(lived, lastOf(lived), when)).toISOString()
        const event = { kind, at, reason: '', ...(kind === 'change' ? { basis: other } : {}) }
        const before = read(lived, at)
        if (isRefused(lived, event)) return
        const after = read({ ...lived, events: [...lived.events, event] }, at)
        if (before.state === 'BREACHED') expect(after.state).toBe('BREACHED')
        if (kind !== 'change') expect(Date.parse(after.dueAt)).toBeGreaterThanOrEqual(Date.parse(before.dueAt))
      }),
      { numRuns: 200 },
    )
  })

  it('every pause is in the sum, whatever the rule became since', () => {
    fc.assert(
      fc.property(life, (lived) => {
        const { explanation } = read(lived, lastOf(lived))
        const listed = explanation.filter(({ code }) => code === 'pause' || code === 'pause-not-counted')
        expect(listed.map(({ from }) => from)).toEqual(
          lived.events.filter(({ kind }) => kind === 'pause').map(({ at }) => at),
        )
      }),
      runs,
    )
  })

  it('what is not in the table of transitions is refused, and it is the only table', () => {
    const lives = { new: [], running: ['start'], paused: ['start', 'pause'], stopped: ['start', 'stop'] } as const
    const rule = { statuteId: 'gdpr-12-3', ruleVersion: 1, terms: null, timeZone: 'UTC', holidays: [] } as const
    const at = '2026-03-02T09:00:00.000Z'
    const event = (kind: ClockEventKind): ClockEvent => ({
      kind,
      at,
      reason: '',
      ...(kind === 'change' ? { basis: { ...rule, holidays: [] } } : {}),
    })
    for (const [state, before] of Object.entries(lives))
      for (const kind of ['start', 'acknowledge', 'pause', 'resume', 'extend', 'change', 'stop'] as const) {
        const allowed = clockTransitions[state as keyof typeof lives][kind] !== undefined
        const refused = isRefused({ basis: { ...rule, holidays: [] }, events: before.map(event) }, event(kind))
        expect([state, kind, refused]).toEqual([state, kind, !allowed])
      }
  })
})

describe('by the rules themselves', () => {
  const start = (at: string): readonly ClockEvent[] => [{ kind: 'start', at, reason: '' }]

  it('a month under GDPR ends on a working day, within the month and the free days behind it', () => {
    fc.assert(
      fc.property(instant, timeZone, holidays, (at, zone, free) => {
        const rule = { statuteId: 'gdpr-12-3', timeZone: zone, holidays: free } as const
        const { dueAt } = readClock({ ...rule, events: start(at), now: at })
        const [received, due] = [calendarDay(at, zone), calendarDay(later(dueAt, -1), zone)]
        const calendar = { weekdays: officeDays, holidays: new Set(free) }
        expect(isWorkingDay(due, calendar)).toBe(true)
        // The same-numbered day or the month's last, found another way.
        const [year, month, date] = received.split('-').map(Number) as [number, number, number]
        const inNext = new Date(Date.UTC(year, month, date))
        const nominal = inNext.getUTCMonth() === month % 12 ? inNext : new Date(Date.UTC(year, month + 1, 0))
        const end = nominal.toISOString().slice(0, 10)
        for (let day = end; day < due; day = addDays(day, 1)) expect(isWorkingDay(day, calendar)).toBe(false)
        expect(due >= end).toBe(true)
      }),
      runs,
    )
  })

  it('under CCPA no life leads past 90 calendar days from receipt', () => {
    fc.assert(
      fc.property(life, timeZone, (lived, zone) => {
        const rule: ClockBasis = { statuteId: 'ccpa-7021', ruleVersion: 2, terms: null, timeZone: zone, holidays: [] }
        const events = lived.events.filter(({ kind }) => kind === 'start' || kind === 'extend')
        fc.pre(events.length === 1 || !isRefused({ basis: rule, events: events.slice(0, 1) }, events[1] as ClockEvent))
        const { dueAt } = readClock({ ...rule, events, now: lastOf(lived) })
        const received = calendarDay(lived.events[0]?.at ?? '', zone)
        expect(daysBetween(received, calendarDay(later(dueAt, -1), zone))).toBeLessThanOrEqual(90)
      }),
      runs,
    )
  })

  it('a day lies between its beginning and its end in every zone, whatever daylight saving does', () => {
    fc.assert(
      fc.property(instant, timeZone, (at, zone) => {
        const day = calendarDay(at, zone)
        expect(Date.parse(startOfDay(day, zone))).toBeLessThanOrEqual(Date.parse(at))
        expect(Date.parse(endOfDay(day, zone))).toBeGreaterThan(Date.parse(at))
      }),
      runs,
    )
  })

  it('working time that is added lies between the two instants', () => {
    fc.assert(
      fc.property(instant, timeZone, workingHours, fc.integer({ min: 0, max: days(10) }), (at, zone, hours, ms) => {
        const calendar = { ...hours, timeZone: zone, holidays: new Set<string>() }
        expect(workingTimeBetween(at, addWorkingTime(at, ms, calendar), calendar)).toBe(ms)
      }),
      { numRuns: 60 },
    )
  })
})
