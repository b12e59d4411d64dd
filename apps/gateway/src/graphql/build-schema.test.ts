import 'reflect-metadata'
import { readFileSync } from 'node:fs'
import {
  buildSchema,
  getNamedType,
  type GraphQLInterfaceType,
  GraphQLObjectType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
} from 'graphql'
import { describe, expect, it } from 'vitest'
import { nodeTypes } from '../modules/viewer/node.resolver.js'
import { accessTable } from './access-table.js'
import { createSchema, printSorted } from './build-schema.js'
import { requirementOf } from './requires.js'

const contract = new URL('../../schema.graphql', import.meta.url)

it('is, line by line, the schema that the portal is built on', () => {
  expect(printSorted(createSchema())).toBe(printSorted(buildSchema(readFileSync(contract, 'utf8'))))
})

it('says of every operation what it asks of its viewer', () => {
  const schema = createSchema()
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]
  const unmarked = roots.flatMap((root) =>
    Object.values((root as GraphQLObjectType).getFields())
      .filter((field) => requirementOf(field.extensions) === undefined)
      .map((field) => field.name),
  )
  expect(unmarked).toEqual([])
})

it('tells documents and clients what each field asks for, as access.json says (npm run access-table)', () => {
  const written = JSON.parse(readFileSync(new URL('../../access.json', import.meta.url), 'utf8')) as unknown
  expect(written).toEqual(accessTable(createSchema()))
})

it('finds nodes of every type that has an id by it', () => {
  const schema = createSchema()
  const node = schema.getType('Node') as GraphQLInterfaceType
  expect(Object.keys(nodeTypes).sort()).toEqual(
    schema
      .getPossibleTypes(node)
      .map(({ name }) => name)
      .sort(),
  )
})

describe('every mutation', () => {
  const mutations = Object.values((createSchema().getMutationType() as GraphQLObjectType).getFields())

  it('answers with a union of which one member is the typed error', () => {
    const others = mutations.filter(({ type }) => {
      const named = getNamedType(type)
      return !isUnionType(named) || !named.getTypes().some(({ name }) => name === 'UserError')
    })
    expect(others.map(({ name }) => name)).toEqual([])
  })

  it('takes one input with an idempotency key', () => {
    const without = mutations.filter(({ args }) => {
      const named = args.length === 1 && args[0]?.name === 'input' ? getNamedType(args[0].type) : undefined
      return !isInputObjectType(named) || !isNonNullType(named.getFields()['idempotencyKey']?.type)
    })
    // A signed address is worth nothing without its bytes, and the room that is kept for them is kept once: their digest is
    // the key.
    expect(without.map(({ name }) => name)).toEqual(['createUpload'])
  })
})

describe('every list', () => {
  const types = Object.values(createSchema().getTypeMap()).filter(isObjectType)

  it('that is read page by page is a connection as the specification has it', () => {
    const paged = types.flatMap((type) =>
      Object.values(type.getFields()).filter(({ args }) => args.some(({ name }) => name === 'after')),
    )
    expect(paged.length).toBeGreaterThan(10)
    for (const { name, type, args } of paged) {
      const connection = getNamedType(type) as GraphQLObjectType
      expect([name, connection.name]).toEqual([name, expect.stringMatching(/Connection$/)])
      expect([name, Object.keys(connection.getFields()).sort()]).toEqual([name, ['edges', 'pageInfo', 'totalCount']])
      const first = args.find((arg) => arg.name === 'first')
      expect([name, isNonNullType(first?.type), Number(first?.defaultValue) <= 100]).toEqual([name, true, true])
    }
  })

  it('at the root is one', () => {
    const query = Object.values((createSchema().getQueryType() as GraphQLObjectType).getFields())
    const plain = query.filter(({ type }) => isListType(isNonNullType(type) ? type.ofType : type))
    expect(plain.map(({ name }) => name)).toEqual([])
  })
})
