import { NoticeKind } from '@lethe/domain'
import { expect, it } from 'vitest'
import { noticeMailText } from './notice-mail-text.js'

const portal = 'https://portal.lethe.test'
const requestId = '0192f000-0000-7000-8000-000000000001'
const berlin = { locale: 'en', timeZone: 'Europe/Berlin' } as const
const tokyo = { locale: 'ja', timeZone: 'Asia/Tokyo' } as const

it('a mail is in the language of who reads it, with days of the tenant’s zone and links into the portal', () => {
  // The end of 2 March in Berlin, in the morning of the third in Tokyo.
  const told = {
    kind: 'clock.due-soon',
    data: { number: 7, dueAt: '2026-03-02T23:00:00.000Z' },
    requestId,
    requestNumber: 7,
  } as const
  const english = noticeMailText(told, portal, berlin)
  expect(english.subject).toBe('[Lethe] Request 7 is due on 2 March 2026 (Europe/Berlin)')
  expect(english.text).toContain(`${portal}/requests/${requestId}`)
  const japanese = noticeMailText(told, portal, tokyo)
  expect(japanese.subject).toBe('[Lethe] 請求 7 の期限は2026年3月3日 8:00 (Asia/Tokyo)です')
  expect(japanese.text).toContain(`${portal}/requests/${requestId}`)
  expect(japanese.text).toContain('受け取るメールの種類と言語')
})

it('states, verdicts and roles are words in Japanese, and the list of requests leads to where a fetch is recorded', () => {
  const say = (kind: NoticeKind, data: object) =>
    noticeMailText({ kind, data: data as never, requestId: null, requestNumber: null }, portal, tokyo)
  expect(say('erasure.state-changed', { number: 7, from: 'AUDITING', to: 'BLOCKED' }).subject).toContain('保留')
  expect(say('audit.completed', { number: 1, verdict: 'PASS' }).subject).toContain('合格')
  expect(say('member.joined', { role: 'engineer' }).subject).toContain('エンジニア')
  const list = say('list.overdue', { dueAt: '2026-03-19T15:00:00.000Z' })
  expect(list.subject).toContain('2026年3月19日')
  expect(list.text).toContain(`${portal}/sla/rules`)
})

it.each(['en', 'ja'] as const)('there is a sentence of every kind in %s', (locale) => {
  const data = { dueAt: '2026-03-02T23:00:00.000Z', from: 'RECEIVED', to: 'VERIFIED', verdict: 'PASS', role: 'auditor' }
  for (const kind of NoticeKind.options) {
    const full = { ...data, number: 1, kind: 'audit', code: 'TIMEOUT', reason: 'GONE' } as never
    const { subject, text } = noticeMailText({ kind, data: full, requestId: null, requestNumber: 7 }, portal, {
      ...berlin,
      locale,
    })
    expect(subject, kind).not.toMatch(/undefined|Invalid/)
    expect(/[\u3040-\u30ff]/.test(text), kind).toBe(locale === 'ja')
  }
})
