import type { FastifyInstance } from 'fastify'
import {
  type DocumentNode,
  type ExecutionArgs,
  getOperationAST,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  OperationTypeNode,
  parse,
  specifiedRules,
  validate,
} from 'graphql'
import { createHandler } from 'graphql-sse/lib/use/fastify'
import { formatError } from '../graphql/errors.js'
import { assertAffordable, limitRules, limits } from '../graphql/limits.js'
import type { Services } from '../services.js'
import { contextOf, refuseBadTokens } from './authenticate.js'

interface StreamedOperation {
  readonly query: unknown
  readonly variables?: Record<string, unknown> | undefined
  readonly operationName?: string | undefined
}

/** POST /graphql/stream: subscriptions as server-sent events, one connection each (GraphQL over SSE). */
export async function mountSubscriptions(
  app: FastifyInstance,
  { schema, services }: { schema: GraphQLSchema; services: Services },
): Promise<void> {
  const rules = [...specifiedRules, ...limitRules]
  const mask = (errors: readonly GraphQLError[] | undefined, correlationId: string): GraphQLFormattedError[] =>
    (errors ?? []).map((error) => formatError(toFormatted(error), error, { correlationId, logger: services.logger }))

  const handle = createHandler<Record<string, unknown>>({
    schema,
    // No token: one connection is one operation, so no stream can be reserved and none is shared.
    authenticate: () => null,
    onSubscribe: async (request, params) => {
      const contextValue = await contextOf(request.raw, services)
      const operation = checkOperation(schema, rules, params)
      return 'errors' in operation
        ? { data: null, errors: operation.errors }
        : ({ ...operation, schema, contextValue } as unknown as OperationArgs)
    },
    onNext: (_context, request, result) =>
      result.errors === undefined
        ? undefined
        : { ...result, errors: mask(result.errors, request.raw.id) as unknown as readonly GraphQLError[] },
  })
  await app.register((scope, _options, done) => {
    scope.addHook('onRequest', refuseBadTokens(services))
    scope.post('/graphql/stream', (request, reply) => handle(request, reply))
    done()
  })
}

type OperationArgs = ExecutionArgs & { contextValue: Record<string, unknown> }

type Checked =
  | { document: DocumentNode; variableValues?: Record<string, unknown>; operationName?: string }
  | { errors: readonly GraphQLError[] }

/** The same bounds as for queries, and subscriptions only. */
function checkOperation(schema: GraphQLSchema, rules: typeof specifiedRules, params: StreamedOperation): Checked {
  const { query, variables, operationName } = params
  try {
    const document = parse(typeof query === 'string' ? query : '', { maxTokens: limits.tokens })
    const errors = validate(schema, document, rules)
    if (errors.length > 0) return { errors: errors.map((error) => withCode(error, 'GRAPHQL_VALIDATION_FAILED')) }
    if (getOperationAST(document, operationName)?.operation !== OperationTypeNode.SUBSCRIPTION)
      return { errors: [refusal('Send queries and mutations to /graphql; this address serves subscriptions.')] }
    const named = {
      ...(variables == null ? {} : { variables }),
      ...(operationName == null ? {} : { operationName }),
    }
    assertAffordable(schema, { document, ...named })
    return {
      document,
      ...(variables == null ? {} : { variableValues: variables }),
      ...(operationName == null ? {} : { operationName }),
    }
  } catch (error) {
    if (error instanceof GraphQLError) return { errors: [withCode(error, 'GRAPHQL_PARSE_FAILED')] }
    throw error
  }
}

const refusal = (message: string): GraphQLError => new GraphQLError(message, { extensions: { code: 'BAD_REQUEST' } })

const withCode = (error: GraphQLError, code: string): GraphQLError =>
  error.extensions['code'] === undefined
    ? new GraphQLError(error.message, { nodes: error.nodes ?? null, extensions: { ...error.extensions, code } })
    : error

const toFormatted = (error: GraphQLError): GraphQLFormattedError => ({
  ...error.toJSON(),
  extensions: { code: 'INTERNAL_SERVER_ERROR', ...error.extensions },
})
