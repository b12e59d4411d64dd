import 'reflect-metadata'
import Fastify from 'fastify'
import { GraphQLObjectType, GraphQLSchema, GraphQLString, graphql } from 'graphql'
import { describe, expect, it } from 'vitest'
import { createContext } from '../context.js'
import { createSchema } from '../graphql/build-schema.js'
import { guardSchema, requirementOf } from '../graphql/requires.js'
import type { Services } from '../services.js'
import { guardRoutes } from './route-access.js'

/** Nobody is asked for anything before a route or field is refused for having no rule. */
const services = {} as Services

const owner = {
  userId: 'u',
  email: '',
  name: '',
  role: 'tenant_owner',
  tenantId: 't',
  issuer: null,
  expiresAt: new Date(8e15),
  via: 'session',
  keyId: null,
  keyRequestsPerMinute: null,
  tenant: { isSuspended: false, requestsPerMinute: null },
  cases: null,
} as never

describe('what says nothing of who may ask', () => {
  it('is no route: the process does not start with one', () => {
    const app = Fastify()
    guardRoutes(app, services)
    expect(() => app.get('/livez', () => 'ok')).not.toThrow()
    expect(() => app.get('/v1/planted', () => 'everything')).toThrow(/does not say who may call it/)
    expect(() => app.post('/auth/sign-in/email', () => 'ok')).not.toThrow()
  })

  it('is no field: a planted one refuses an owner too, a marked one does not', async () => {
    const field = (requirement?: string) => ({
      type: GraphQLString,
      resolve: () => 'secret',
      ...(requirement === undefined ? {} : { extensions: { requirement } }),
    })
    const schema = guardSchema(
      new GraphQLSchema({
        query: new GraphQLObjectType({ name: 'Query', fields: { planted: field(), marked: field('tenant:read') } }),
        mutation: new GraphQLObjectType({ name: 'Mutation', fields: { planted: field() } }),
        subscription: new GraphQLObjectType({ name: 'Subscription', fields: { planted: field() } }),
      }),
    )
    const contextValue = createContext({
      viewer: owner,
      services,
      correlationId: '',
      address: '',
      signal: new AbortController().signal,
      renew: () => Promise.resolve(owner),
    })
    const run = (source: string) => graphql({ schema, source, contextValue })
    for (const source of ['{ planted }', 'mutation { planted }', 'subscription { planted }']) {
      const { data, errors } = await run(source)
      expect([source, data?.['planted'] ?? null, errors?.[0]?.extensions['code']]).toEqual([source, null, 'FORBIDDEN'])
    }
    expect((await run('{ marked }')).data).toEqual({ marked: 'secret' })
  })

  it('is no operation of ours: of query, mutation and subscription every field has a rule', () => {
    const schema = createSchema()
    const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]
    const fields = roots.flatMap((root) => Object.values((root as GraphQLObjectType).getFields()))
    expect(fields.length).toBeGreaterThan(60)
    expect(fields.filter(({ extensions }) => requirementOf(extensions) === undefined).map(({ name }) => name)).toEqual(
      [],
    )
  })
})
