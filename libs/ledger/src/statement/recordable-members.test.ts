import { AuditReport, evidencePredicates } from '@lethe/domain'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { assertNoPersonalData } from './personal-data.js'

/** Names of all members that a value of this JSON Schema may have, at any depth. */
function membersOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return []
  const own = 'properties' in schema ? Object.keys(schema.properties as object) : []
  return [...own, ...Object.values(schema).flatMap(membersOf)]
}

describe('the report of an audit', () => {
  const members = [...new Set(membersOf(z.toJSONSchema(AuditReport, { unrepresentable: 'any' })))]

  it('has no member that evidence refuses, so that every report can be recorded', () => {
    expect(members).toContain('parts')
    for (const member of members) expect(() => assertNoPersonalData({ [member]: 1 })).not.toThrow()
  })

  it('is refused with one member more that describes a person', () => {
    expect(() => assertNoPersonalData(Object.fromEntries([...members, 'name'].map((member) => [member, 1])))).toThrow()
  })
})

it.each(Object.entries(evidencePredicates))('%s has no member that evidence refuses', (_, predicate) => {
  const members = [...new Set(membersOf(z.toJSONSchema(predicate)))]
  expect(members.length).toBeGreaterThan(0)
  for (const member of members) expect(() => assertNoPersonalData({ [member]: 1 })).not.toThrow()
})
