import { expect, it } from 'vitest'
import { safeTarget } from './safe-target'

it.each(['/', '/requests/1', '/requests?state=PLANNED#plan', '/audits/%2F%2Fx'])('leads on to %s', (path) => {
  expect(safeTarget(path)).toBe(path)
})

it.each([
  '//elsewhere.example',
  '/\\elsewhere.example',
  '/\t/elsewhere.example',
  '/\n/elsewhere.example',
  '/\r\n\\elsewhere.example',
  '/.//elsewhere.example',
  '/a/..//elsewhere.example',
  '\\\\elsewhere.example',
  'https://elsewhere.example',
  'https:elsewhere.example',
  'javascript:alert(1)',
  ' /requests',
  'requests',
  '',
  null,
  undefined,
])('leads from %j to the start page', (to) => {
  const target = safeTarget(to)
  expect(target).toBe('/')
  expect(new URL(target, 'https://portal.example').origin).toBe('https://portal.example')
})
