import { expect, it } from 'vitest'
import { earliestReceipt } from './statutes.js'

it('takes a receipt no older than the statute, and by contract none older than ten years', () => {
  const now = new Date('2026-11-29T10:00:00Z')
  expect(earliestReceipt('gdpr-12-3', now)).toBe('2018-05-25')
  expect(earliestReceipt('contract', now)).toBe('2016-11-29')
  expect(earliestReceipt('gdpr-12-3', new Date('2031-03-01T00:00:00Z'))).toBe('2021-03-01')
})
