import { expect, it } from 'vitest'
import { calendarDays, formatBytes, formatDuration, lastInTime } from './quantities'

it('counts days as the tenant sees them, not in spans of 24 hours', () => {
  const from = Date.parse('2026-03-01T14:30:00Z')
  expect(calendarDays(from, Date.parse('2026-03-01T15:30:00Z'), 'Asia/Tokyo')).toBe(1)
  expect(calendarDays(from, Date.parse('2026-03-01T15:30:00Z'), 'UTC')).toBe(0)
  expect(calendarDays(from, Date.parse('2026-02-27T00:00:00Z'), 'UTC')).toBe(-2)
  // Clocks go forward on 29 March 2026 in Berlin: the day has 23 hours and is still one day.
  expect(calendarDays(Date.parse('2026-03-28T23:30:00Z'), Date.parse('2026-03-29T22:30:00Z'), 'Europe/Berlin')).toBe(1)
})

it.each([
  [4.26, '4.3 sec'],
  [41.7, '42 sec'],
  [180, '3 min'],
  [194, '3 min 14 sec'],
  [7500, '2 hr 5 min'],
])('writes %d seconds as %s', (seconds, text) => {
  expect(formatDuration(seconds, 'en')).toBe(text)
})

it('writes durations in Japanese', () => {
  expect(formatDuration(194, 'ja')).toBe('3 分 14 秒')
})

it.each([
  [0, '0 B'],
  [1023, '1,023 B'],
  [1536, '1.5 KiB'],
  [1.2e9, '1.1 GiB'],
])('writes %d bytes as %s', (bytes, text) => {
  expect(formatBytes(bytes, 'en')).toBe(text)
})

it('names the day before for a deadline at midnight, and the same day for one at noon', () => {
  const berlin = (dueAt: string) =>
    calendarDays(Date.parse('2026-12-23T08:00:00Z'), lastInTime(dueAt).getTime(), 'Europe/Berlin')
  expect(berlin('2026-12-23T23:00:00.000Z')).toBe(0)
  expect(berlin('2026-12-24T11:00:00.000Z')).toBe(1)
})
