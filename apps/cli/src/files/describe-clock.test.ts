import { expect, it } from 'vitest'
import type { ShownClock } from '../demo/index.js'
import { describeClock, formatDue, tabulateClocks } from './describe-clock.js'

const clock: ShownClock = {
  id: 'c',
  state: 'RUNNING',
  // The first instant of 31 March in Berlin, two days after summer time began.
  dueAt: '2026-03-30T22:00:00.000Z',
  timeZone: 'Europe/Berlin',
  statuteId: 'gdpr-12-3',
  citation: 'GDPR Art. 12(3)',
  ruleVersion: 1,
  forecast: { probability: 0.126 },
  erasureRequest: { id: 'r', number: 7, state: 'PLANNED' },
  deadlines: [
    {
      kind: 'respond',
      state: 'RUNNING',
      dueAt: '2026-03-30T22:00:00.000Z',
      explanation: [
        { code: 'received', day: '2026-02-28', at: null, note: 'Day of receipt; it is not counted.' },
        { code: 'due', day: '2026-03-30', at: null, note: 'Ends with the last hour of this day.' },
      ],
    },
  ],
  events: [{ kind: 'start', at: '2026-02-28T23:30:00.000Z', reason: '' }],
  notices: [],
  allowedActions: ['pauseClock'],
}

it('tells the last minute that is in time, on the wall clock of the tenant and not of this machine', () => {
  expect(formatDue(clock)).toBe('Mon, 30 Mar 2026, 23:59')
  expect(formatDue({ ...clock, timeZone: 'America/Los_Angeles' })).toBe('Mon, 30 Mar 2026, 14:59')
  expect(formatDue({ ...clock, timeZone: 'Asia/Tokyo' })).toBe('Tue, 31 Mar 2026, 06:59')
})

it('shows the sum step by step, what moved the clock, and what may be done', () => {
  const text = describeClock(clock)
  expect(text).toContain('answer by Mon, 30 Mar 2026, 23:59 (RUNNING)')
  expect(text).toMatch(/1\. Sat, 28 Feb 2026 {2}Day of receipt.*\n {2}2\. Mon, 30 Mar 2026 {2}Ends with the last hour/)
  expect(text).toContain('Sun, 1 Mar 2026, 00:30  start')
  expect(text).toMatch(/risk of being late {2}13 %/)
  expect(text).toMatch(/you may +pauseClock/)
})

it('lists clocks one a line, and says so where there is none', () => {
  expect(tabulateClocks([clock])).toBe(
    'request 7  due Mon, 30 Mar 2026, 23:59 (Europe/Berlin)  RUNNING  gdpr-12-3  risk 13 %\n',
  )
  expect(tabulateClocks([])).toContain('No clocks')
})
