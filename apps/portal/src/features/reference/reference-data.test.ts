import { readFileSync } from 'node:fs'
import { buildSchema } from 'graphql'
import { expect, it } from 'vitest'
import { reference } from '../../gql/reference'
import { isWanted } from './reference-data'

const schema = buildSchema(readFileSync(new URL('../../../../gateway/schema.graphql', import.meta.url), 'utf8'))

it('describes every operation and every type of the gateway, once', () => {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]
  const names = roots.flatMap((root) => Object.keys(root?.getFields() ?? {}))
  expect(reference.operations.map(({ name }) => name)).toEqual(names)
  expect(reference.operations.filter(({ example }) => example === '')).toEqual([])
  const builtIn = ['String', 'Int', 'Float', 'Boolean', 'ID', 'Query', 'Mutation', 'Subscription']
  const types = Object.keys(schema.getTypeMap()).filter((name) => !name.startsWith('__') && !builtIn.includes(name))
  expect(reference.types.map(({ name }) => name).sort()).toEqual(types.sort())
})

it('says of each action which roles may do it, and lists errors and trusted documents', () => {
  const asked = reference.operations.flatMap(({ action }) => (action === undefined ? [] : [action]))
  for (const action of asked) expect(reference.actions[action]?.roles.length, action).toBeGreaterThan(0)
  expect(reference.errors.flatMap(({ rows }) => rows.map(({ code }) => code))).toContain('RATE_LIMITED')
  expect(new Set(reference.documents.map(({ of }) => of))).toEqual(new Set(['portal', 'client']))
})

it('finds what holds all the words, whatever their case and order', () => {
  expect(isWanted('erasure REQUEST', 'requestErasure', undefined)).toBe(true)
  expect(isWanted('', 'anything')).toBe(true)
  expect(isWanted('erasure dataset', 'requestErasure')).toBe(false)
})
