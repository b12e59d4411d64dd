import { expect, it } from 'vitest'
import { isSameOrigin } from './same-origin'

it.each([
  [{ 'sec-fetch-site': 'same-origin' }, true],
  [{ 'sec-fetch-site': 'cross-site', origin: 'https://portal.example', host: 'portal.example' }, false],
  [{ 'sec-fetch-site': 'same-site', origin: 'https://portal.example', host: 'portal.example' }, false],
  [{ 'sec-fetch-site': 'none' }, false],
  [{ origin: 'https://portal.example', host: 'portal.example' }, true],
  [{ origin: 'https://elsewhere.example', host: 'portal.example' }, false],
  [{ origin: 'null', host: 'portal.example' }, false],
  [{ host: 'portal.example' }, false],
  [{}, false],
])('of %j says %s', (headers, expected) => {
  expect(isSameOrigin(new Headers(headers as Record<string, string>))).toBe(expected)
})
