import { describe, expect, it } from 'vitest'
import { deadlinesIcs } from './deadlines-ics.js'

const now = new Date('2026-03-02T09:00:00Z')
const due = { id: '1', title: 'Request 1; due, at last', dueAt: '2026-04-02T22:00:00.000Z', url: 'https://x.test/1' }

describe('a calendar file of deadlines (RFC 5545)', () => {
  it('has an event that ends when the time allowed does, its text escaped', () => {
    const lines = deadlinesIcs([due], now).split('\r\n')
    expect(lines).toContain('DTEND:20260402T220000Z')
    expect(lines).toContain('DTSTART:20260402T210000Z')
    expect(lines).toContain('SUMMARY:Request 1\\; due\\, at last')
    expect([lines[0], lines.at(-2), lines.at(-1)]).toEqual(['BEGIN:VCALENDAR', 'END:VCALENDAR', ''])
  })

  it('folds lines of more than 75 octets without losing a character', () => {
    const title = '消去請求の期限'.repeat(12)
    const file = deadlinesIcs([{ ...due, title }], now)
    for (const line of file.split('\r\n')) expect(new TextEncoder().encode(line).length).toBeLessThanOrEqual(75)
    expect(file.replaceAll('\r\n ', '')).toContain(`SUMMARY:${title}`)
  })
})
