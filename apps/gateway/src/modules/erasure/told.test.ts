import { errorCodesOf, portalMessages } from '../../testing/portal-messages.js'
import { evidencePredicates, stateReason, StateReasonCode } from '@lethe/domain'
import { expect, it } from 'vitest'

/** Of a tenant as a whole; no request's timeline shows them. */
const neverOfARequest = [
  'member-changed',
  'api-key-changed',
  'tenant-changed',
  'sso-provider-changed',
  'webhook-changed',
]

it.each(['en', 'ja'] as const)('every entry that a timeline can show has its sentence in the portal (%s)', (locale) => {
  const kinds = Object.keys(evidencePredicates).map((kind) => kind.split('/')[0] ?? kind)
  const { happened } = portalMessages(locale).told
  expect(Object.keys(happened).sort()).toEqual(kinds.filter((kind) => !neverOfARequest.includes(kind)).sort())
})

it.each(['en', 'ja'] as const)('every reason that the platform gives has its sentence in the portal (%s)', (locale) => {
  expect(Object.keys(portalMessages(locale).told.why).sort()).toEqual([...StateReasonCode.options].sort())
})

it('every refusal that the portal says in Japanese is one that there is', () => {
  const known = errorCodesOf()
  const { refusal } = portalMessages('ja')
  expect(Object.keys(refusal).filter((code) => !known.has(code))).toEqual([])
  expect(known.has('NO_SUCH_CODE')).toBe(false)
})

it('a reason says in English what its codes and facts say', () => {
  const cause = stateReason('run-failed', { kind: 'audit', code: 'TIMEOUT', message: 'No answer in time.' })
  const { text } = stateReason('batch-stopped', { number: 7, cause })
  expect(text).toBe(
    'Request 7, which is unlearned in the same run, stopped it: The audit run failed: No answer in time. Try again alone, or plan anew.',
  )
})
