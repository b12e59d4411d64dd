import { expect, it } from 'vitest'
import { connectionOptions } from './connection-options.js'
import { changedSubject, runAddress, scopeFilter } from './subjects.js'

const tenantId = '01890a5d-ac96-774b-bcce-b302099a8057'

it('keeps a reader inside one tenant', () => {
  expect(scopeFilter({ tenantId })).toBe(`events.${tenantId}.*.*.*`)
  expect(scopeFilter({ tenantId, aggregate: 'run', id: 'r1' })).toBe(`events.${tenantId}.run.r1.*`)
})

it.each(['*', '>', 'a.b', '', 'a b', 'a\r\nPUB x 1'])('refuses %j as a part of a subject', (hostile) => {
  expect(() => scopeFilter({ tenantId: hostile })).toThrow(/letters, digits/)
  expect(() => changedSubject(tenantId, 'model', hostile)).toThrow(/letters, digits/)
})

it('reads whom a task speaks of, and refuses to guess', () => {
  expect(runAddress(`tasks.audit.${tenantId}.${tenantId}`)).toEqual({ kind: 'audit', tenantId, runId: tenantId })
  expect(runAddress(`tasks.audit.${tenantId}.elsewhere`)).toBeNull()
  expect(runAddress(`tasks.bake.${tenantId}.${tenantId}`)).toBeNull()
})

it('reads credentials and TLS from the address', () => {
  expect(connectionOptions('nats://anna:p%40ss@host:4223,nats://other')).toEqual({
    servers: ['host:4223', 'other:4222'],
    user: 'anna',
    pass: 'p@ss',
  })
  expect(connectionOptions('tls://secret@host')).toEqual({ servers: ['host:4222'], token: 'secret', tls: {} })
  expect(() => connectionOptions('nats://ho st')).toThrow(/nats:\/\/host/)
})
