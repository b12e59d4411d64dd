import { buildSchema, execute, type GraphQLObjectType, type GraphQLSchema, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { boundExecution, Tally } from './bound-execution.js'

const parts = 30

function createFamily(): { schema: GraphQLSchema; asked: { times: number } } {
  const schema = buildSchema('type Person { name: String children: [Person!]! } type Query { root: Person }')
  const asked = { times: 0 }
  const { root } = schema.getQueryType()?.getFields() ?? {}
  if (root) root.resolve = () => ({})
  const { children } = (schema.getType('Person') as GraphQLObjectType).getFields()
  if (children)
    children.resolve = () => {
      asked.times += 1
      return Promise.resolve(Array.from({ length: parts }, () => ({ name: 'x' })))
    }
  return { schema: boundExecution(schema), asked }
}

const run = (schema: GraphQLSchema, query: string, signal = new AbortController().signal) =>
  Promise.resolve(execute({ schema, document: parse(query), contextValue: { signal, tally: new Tally() } }))

describe('what an operation really reads', () => {
  it('ends at the bound, however little was reckoned with', async () => {
    const { schema, asked } = createFamily()
    const within = await run(schema, '{ root { children { children { name } } } }')
    expect(within.errors).toBeUndefined()
    asked.times = 0
    const past = await run(schema, '{ root { children { children { children { children { name } } } } } }')
    expect(past.errors?.[0]?.extensions['code']).toBe('QUERY_TOO_COMPLEX')
    expect(past.errors).toHaveLength(1)
    // Of the fourth level, few lists were asked for before those of the third had been counted.
    expect(asked.times).toBeLessThan(2 * (1 + parts + parts ** 2))
  })

  it('is nothing more once nobody waits for the answer', async () => {
    const { schema, asked } = createFamily()
    const { errors } = await run(schema, '{ root { children { name } } }', AbortSignal.abort())
    expect(errors).toHaveLength(1)
    expect(asked.times).toBe(0)
  })
})
