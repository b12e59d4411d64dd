import { describe, expect, it } from 'vitest'
import { addMonths, endOfDay } from './calendar.js'
import type { ClockEvent } from './clock-event.js'
import { readClock } from './sla-clock.js'

const start = (at: string): ClockEvent => ({ kind: 'start', at, reason: 'received' })

const read = (events: readonly ClockEvent[], over: Partial<Parameters<typeof readClock>[0]> = {}) =>
  readClock({
    statuteId: 'gdpr-12-3',
    events,
    timeZone: 'Europe/Berlin',
    holidays: [],
    now: events.at(-1)?.at ?? '2026-01-01T00:00:00Z',
    ...over,
  })

const dueDay = (reading: ReturnType<typeof readClock>): string | undefined => reading.explanation.at(-1)?.day

describe('one calendar month by Regulation 1182/71', () => {
  it.each([
    ['2026-03-10', '2026-04-10'],
    ['2026-01-31', '2026-02-28'],
    ['2028-01-31', '2028-02-29'],
    ['2026-12-31', '2027-01-31'],
  ])('received %s ends on the same-numbered day or the last of the month, %s', (day, due) => {
    expect(addMonths(day, 1)).toBe(due)
  })

  it('rolls a Saturday over to Monday, and a holiday Monday over to Tuesday', () => {
    expect(dueDay(read([start('2026-01-28T10:00:00Z')], { holidays: [] }))).toBe('2026-03-02')
    expect(dueDay(read([start('2026-01-28T10:00:00Z')], { holidays: ['2026-03-02'] }))).toBe('2026-03-03')
  })

  it('counts the day of receipt in the tenant’s zone, not in UTC', () => {
    const lateEvening = [start('2026-03-09T23:30:00Z')]
    expect(dueDay(read(lateEvening))).toBe('2026-04-10')
    expect(dueDay(read(lateEvening, { timeZone: 'UTC' }))).toBe('2026-04-09')
  })
})

describe('the end of a day', () => {
  it.each([
    ['2026-03-28', 'Europe/Berlin', '2026-03-28T23:00:00.000Z'],
    ['2026-03-29', 'Europe/Berlin', '2026-03-29T22:00:00.000Z'],
    ['2026-10-24', 'Europe/Berlin', '2026-10-24T22:00:00.000Z'],
    ['2026-10-25', 'Europe/Berlin', '2026-10-25T23:00:00.000Z'],
    ['2026-06-30', 'America/Los_Angeles', '2026-07-01T07:00:00.000Z'],
    ['2026-06-30', 'Asia/Tokyo', '2026-06-30T15:00:00.000Z'],
  ])('%s in %s is %s, across daylight saving', (day, zone, instant) => {
    expect(endOfDay(day, zone)).toBe(instant)
  })
})

describe('a clock’s life', () => {
  const received = start('2026-03-02T09:00:00Z')

  it('adds the days of a pause and says so in its sum', () => {
    const reading = read([
      received,
      { kind: 'pause', at: '2026-03-04T09:00:00Z', reason: 'identity' },
      { kind: 'resume', at: '2026-03-09T09:00:00Z', reason: 'identity confirmed' },
    ])
    expect(dueDay(reading)).toBe('2026-04-07')
    expect(reading.explanation.map((step) => step.code)).toEqual(['received', 'period', 'pause', 'due'])
  })

  it('is met when stopped in time and breached when stopped late or still running past the due day', () => {
    const stop = (at: string): ClockEvent => ({ kind: 'stop', at, reason: 'fulfilled' })
    expect(read([received, stop('2026-04-02T21:59:00Z')]).state).toBe('MET')
    expect(read([received, stop('2026-04-02T22:01:00Z')]).state).toBe('BREACHED')
    expect(read([received], { now: '2026-04-02T21:59:00Z' }).state).toBe('RUNNING')
    expect(read([received], { now: '2026-04-03T00:00:00Z' }).state).toBe('BREACHED')
  })

  it('extends by two months with notice', () => {
    const reading = read([received, { kind: 'extend', at: '2026-03-20T09:00:00Z', reason: 'complex' }])
    expect(dueDay(reading)).toBe('2026-06-02')
  })

  it('counts 45 calendar days without rolling over under CCPA', () => {
    expect(
      dueDay(read([start('2026-01-01T20:00:00Z')], { statuteId: 'ccpa-7021', timeZone: 'America/Los_Angeles' })),
    ).toBe('2026-02-15')
  })

  it.each([
    [[{ kind: 'stop', at: received.at, reason: '' }]],
    [[received, received]],
    [[received, { kind: 'resume', at: received.at, reason: '' }]],
    [[received, { kind: 'stop', at: received.at, reason: '' }, { kind: 'pause', at: received.at, reason: '' }]],
    [[]],
  ] as [ClockEvent[]][])('refuses an order of events that makes no sense', (events) => {
    expect(() => read(events)).toThrowError(expect.objectContaining({ code: 'CLOCK_EVENTS_INVALID' }))
  })
})
