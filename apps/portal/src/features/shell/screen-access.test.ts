import { expect, it } from 'vitest'
import { mayOpen } from './screen-access'

it.each([
  [['tenant:read', 'erasure:read'], '/', true],
  [['platform:read'], '/', true],
  [[], '/', false],
  [['erasure:read'], '/requests/01a2', true],
  [['erasure:read'], '/requests/new', false],
  [['erasure:request'], '/requests/new', true],
  [['tenant:read'], '/models/versions/7', false],
  [['platform:read'], '/sla', true],
  [['platform:read'], '/sla/rules', false],
  [['tenant:read'], '/settings/members', false],
  [[], '/settings', true],
  [[], '/reference', true],
  // A screen is found by its whole name, not by how that begins.
  [[], '/settings-of-nobody', true],
])('who may %j opens %s: %s', (actions, pathname, expected) => {
  expect(mayOpen(actions, pathname)).toBe(expected)
})
