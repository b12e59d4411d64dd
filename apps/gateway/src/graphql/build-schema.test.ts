import { readFileSync } from 'node:fs'
import { buildSchema, GraphQLObjectType } from 'graphql'
import { expect, it } from 'vitest'
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
