import { ApolloServer, type ApolloServerPlugin, HeaderMap, type HTTPGraphQLResponse } from '@apollo/server'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { GraphQLError, type GraphQLSchema, type OperationDefinitionNode, OperationTypeNode } from 'graphql'
import type { Context } from '../context.js'
import { formatError } from '../graphql/errors.js'
import { costOf, costOfNonsense, limitRules, limits } from '../graphql/limits.js'
import type { Services } from '../services.js'
import { contextOf, refuseBadTokens } from './authenticate.js'
import { answerTransportErrors, graphqlRefusal } from './graphql-refusal.js'
import { type Allowance, assertWithinRates, rateLimitHeaders, refuseUsedUp } from './rate-limits.js'
import { withDeadline } from './with-deadline.js'

/** What requests have cost so far, and what that left of their payers' allowances. */
type Spending = WeakMap<Context, { readonly cost: number; readonly allowances: readonly Allowance[] }>

const costPlugin = (schema: GraphQLSchema, spending: Spending): ApolloServerPlugin<Context> => ({
  requestDidStart: () =>
    Promise.resolve({
      didResolveOperation: async ({ request: { variables, operationName }, document, operation, contextValue }) => {
        assertServedHere(operation)
        const cost = costOf(schema, { document, variables, operationName })
        const allowances = await contextValue.services.rates.spend(contextValue, cost)
        spending.set(contextValue, { cost, allowances })
        assertWithinRates(allowances)
      },
      willSendResponse: async ({ request, response, contextValue }) => {
        const spent = spending.get(contextValue)
        const allowances =
          spent?.allowances ?? (await contextValue.services.rates.spend(contextValue, costOfNonsense(request.query)))
        for (const [name, value] of Object.entries(rateLimitHeaders(allowances))) response.http.headers.set(name, value)
        const { body } = response
        const [left] = allowances
        if (body.kind !== 'single' || spent === undefined || left === undefined) return
        const { remaining, resetSeconds } = left
        body.singleResult.extensions = {
          ...body.singleResult.extensions,
          cost: { requested: spent.cost, limit: limits.complexity, remaining, resetSeconds },
        }
      },
    }),
})

/** The plugin is also asked when no operation could be resolved, whatever its type says. */
function assertServedHere(operation: OperationDefinitionNode | undefined): void {
  const refusal = (code: string, message: string) =>
    new GraphQLError(message, { extensions: { code, http: { status: 400 } } })
  if (operation === undefined)
    throw refusal('OPERATION_RESOLUTION_FAILURE', 'Name one operation of the document in `operationName`.')
  if (operation.operation === OperationTypeNode.SUBSCRIPTION)
    throw refusal('BAD_REQUEST', 'Send subscriptions to /graphql/stream; this address serves queries and mutations.')
}

/** Codes of documents and variables that cannot be run; the request that brought them is well-formed. */
const isDocumentCode = (code: unknown): boolean =>
  /^(GRAPHQL_PARSE_FAILED|GRAPHQL_VALIDATION_FAILED|BAD_USER_INPUT|QUERY_TOO_[A-Z_]+)$/.test(String(code))

/** Whether an answer is sent as application/json, in which a well-formed request has status 200 whatever its document. */
function isLegacy(accept: string): boolean {
  const current = accept.indexOf('application/graphql-response+json')
  const legacy = accept.indexOf('application/json')
  return current < 0 || (legacy >= 0 && legacy < current)
}

/** Masks accidents. A plugin, since the server's own hook does not know the request. */
const errorPlugin = (): ApolloServerPlugin<Context> => ({
  requestDidStart: () =>
    Promise.resolve({
      willSendResponse: ({ request, response, contextValue, errors }) => {
        const { body } = response
        if (body.kind !== 'single' || body.singleResult.errors === undefined) return Promise.resolve()
        const { correlationId, services } = contextValue
        body.singleResult.errors = body.singleResult.errors.map((formatted, index) =>
          formatError(formatted, errors?.[index], { correlationId, logger: services.logger }),
        )
        // Of an operation that was stopped half-way nothing is told: what is there looks whole and is not.
        if (body.singleResult.errors.some(({ extensions }) => extensions?.['code'] === 'QUERY_TOO_COMPLEX'))
          delete body.singleResult.data
        response.http.headers.set('x-correlation-id', correlationId)
        const isOfDocument = body.singleResult.errors.every(({ extensions }) => isDocumentCode(extensions?.['code']))
        if (isOfDocument && isLegacy(request.http?.headers.get('accept') ?? '')) response.http.status = 200
        return Promise.resolve()
      },
    }),
})

export interface GraphqlOptions {
  readonly schema: GraphQLSchema
  readonly services: Services
  readonly isProduction: boolean
  /** Longest that a query or mutation may take. */
  readonly operationTimeoutMs: number
}

/** POST /graphql: queries and mutations, one operation a request (GraphQL over HTTP). */
export async function mountGraphql(app: FastifyInstance, options: GraphqlOptions): Promise<void> {
  const { schema, services, isProduction, operationTimeoutMs } = options
  const apollo = new ApolloServer<Context>({
    schema,
    introspection: !isProduction,
    hideSchemaDetailsFromClientErrors: isProduction,
    includeStacktraceInErrorResponses: false,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    stopOnTerminationSignals: false,
    persistedQueries: false,
    cache: 'bounded',
    parseOptions: { maxTokens: limits.tokens },
    validationRules: [...limitRules],
    logger: services.logger,
    plugins: [costPlugin(schema, new WeakMap()), errorPlugin()],
  })
  await apollo.start()
  app.addHook('onClose', () => apollo.stop())

  const answer = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const body = resolveDocument(request.body, services)
    const result = await withDeadline(operationTimeoutMs, async (signal) => {
      const context = await contextOf(request, services, signal)
      refuseUsedUp(reply, context)
      return apollo.executeHTTPGraphQLRequest({
        httpGraphQLRequest: { body, method: request.method, headers: headersOf(request), search: '' },
        context: () => Promise.resolve(context),
      })
    })
    return send(reply, result)
  }
  await app.register((scope, _options, done) => {
    answerTransportErrors(scope, services)
    scope.addHook('onRequest', refuseBadTokens(services))
    scope.post('/graphql', answer)
    scope.route({
      method: ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'],
      url: '/graphql',
      handler: (_request, reply) =>
        graphqlRefusal(reply.header('allow', 'POST'), 405, 'METHOD_NOT_ALLOWED', 'Send operations with POST.'),
    })
    done()
  })
}

function headersOf({ headers }: FastifyRequest): HeaderMap {
  const map = new HeaderMap()
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) map.set(name, Array.isArray(value) ? value.join(', ') : value)
  return map
}

/** The body with the document that it means. @throws GraphQLError BATCHING_UNSUPPORTED, and those of the trusted documents */
function resolveDocument(body: unknown, { documents }: Services): unknown {
  if (Array.isArray(body))
    throw new GraphQLError('Operations are not taken in batches; send one a request.', {
      extensions: { code: 'BATCHING_UNSUPPORTED', http: { status: 400 } },
    })
  if (typeof body !== 'object' || body === null) return body
  const query = documents.resolve(body)
  return query === undefined ? body : { ...body, query }
}

function send(reply: FastifyReply, { headers, body, status }: HTTPGraphQLResponse): FastifyReply {
  for (const [name, value] of headers) reply.header(name, value)
  if (body.kind !== 'complete') throw new Error('Answers come in one piece: no directive streams them.')
  return reply.code(status ?? 200).send(body.string)
}
