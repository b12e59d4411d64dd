import { describe, expect, it } from 'vitest'
import { thresholdReached } from './clock-notice.js'
import type { Deadline } from './sla-clock.js'

const receivedAt = '2026-03-02T09:00:00.000Z'
const deadline = (over: Partial<Deadline> = {}): Deadline => ({
  kind: 'respond',
  state: 'RUNNING',
  dueAt: '2026-04-02T22:00:00.000Z',
  explanation: [],
  ...over,
})
const at = (now: string, over: Partial<Deadline> = {}, timeZone = 'Europe/Berlin') =>
  thresholdReached(deadline(over), { receivedAt, timeZone, now })

describe('what is said of a deadline', () => {
  it.each([
    ['2026-03-26T07:59:59Z', null],
    ['2026-03-26T08:00:00Z', 'P7D'],
    ['2026-03-31T06:59:59Z', 'P7D'],
    ['2026-03-31T07:00:00Z', 'P2D'],
    ['2026-04-02T06:59:59Z', 'P2D'],
    ['2026-04-02T07:00:00Z', 'P0D'],
  ])('at %s is %s: at nine on the wall clock, summer time or not', (now, said) => {
    expect(at(now)).toBe(said)
  })

  it('is said by the tenant’s day and not by that of UTC', () => {
    const tokyo = { dueAt: '2026-04-02T15:00:00.000Z' }
    expect(at('2026-04-01T23:59:59Z', tokyo, 'Asia/Tokyo')).toBe('P2D')
    expect(at('2026-04-02T00:00:00Z', tokyo, 'Asia/Tokyo')).toBe('P0D')
  })

  it('is one reminder for a period too short for days, and none for a clock that stands or has ended', () => {
    const short = { dueAt: '2026-03-02T13:00:00.000Z' }
    const late = thresholdReached(deadline(short), {
      receivedAt: '2026-03-02T09:00:00.000Z',
      timeZone: 'Europe/Berlin',
      now: '2026-03-02T12:00:00Z',
    })
    expect(late).toBe('quarter-left')
    expect(at('2026-03-02T11:59:59Z', short)).toBe(null)
    expect(at('2026-04-02T07:00:00Z', { state: 'PAUSED' })).toBe(null)
    expect(at('2026-04-02T07:00:00Z', { state: 'MET' })).toBe(null)
    expect(at('2026-04-03T07:00:00Z', { state: 'BREACHED' })).toBe('over')
  })
})
