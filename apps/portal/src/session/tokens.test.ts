import { expect, it } from 'vitest'
import { isFresh } from './tokens'

const nowMs = Date.UTC(2026, 0, 1)
const token = (claims: unknown) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.signature`

it('takes a token for fresh until half a minute before its end', () => {
  expect(isFresh(token({ exp: nowMs / 1000 + 60 }), nowMs)).toBe(true)
  expect(isFresh(token({ exp: nowMs / 1000 + 29 }), nowMs)).toBe(false)
})

it.each([undefined, '', 'x', 'a.b.c', token(null), token({}), token({ exp: 'never' })])(
  'takes %j for used up',
  (text) => {
    expect(isFresh(text, nowMs)).toBe(false)
  },
)
