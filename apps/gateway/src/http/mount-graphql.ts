import { ApolloServer, type ApolloServerPlugin } from '@apollo/server'
import fastifyApollo, { fastifyApolloDrainPlugin } from '@as-integrations/fastify'
import type { FastifyInstance } from 'fastify'
import type { GraphQLSchema } from 'graphql'
import type { Context } from '../context.js'
import { formatError } from '../graphql/errors.js'
import { assertAffordable, limitRules, limits } from '../graphql/limits.js'
import type { Services } from '../services.js'
import { contextOf, refuseBadTokens } from './authenticate.js'

const costPlugin = (schema: GraphQLSchema): ApolloServerPlugin<Context> => ({
  requestDidStart: () =>
    Promise.resolve({
      didResolveOperation: ({ request, document }) => {
        const { variables, operationName } = request
        assertAffordable(schema, {
          document,
          ...(variables === undefined ? {} : { variables }),
          ...(operationName === undefined ? {} : { operationName }),
        })
        return Promise.resolve()
      },
    }),
})

/** Masks accidents. A plugin, since the server's own hook does not know the request. */
const errorPlugin = (): ApolloServerPlugin<Context> => ({
  requestDidStart: () =>
    Promise.resolve({
      willSendResponse: ({ response, contextValue, errors }) => {
        const { body } = response
        if (body.kind !== 'single' || body.singleResult.errors === undefined) return Promise.resolve()
        const { correlationId, services } = contextValue
        body.singleResult.errors = body.singleResult.errors.map((formatted, index) =>
          formatError(formatted, errors?.[index], { correlationId, logger: services.logger }),
        )
        response.http.headers.set('x-correlation-id', correlationId)
        return Promise.resolve()
      },
    }),
})

/** POST /graphql: queries and mutations, one operation a request. */
export async function mountGraphql(
  app: FastifyInstance,
  { schema, services, isProduction }: { schema: GraphQLSchema; services: Services; isProduction: boolean },
): Promise<void> {
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
    plugins: [fastifyApolloDrainPlugin(app), costPlugin(schema), errorPlugin()],
  })
  await apollo.start()
  await app.register(async (scope) => {
    scope.addHook('onRequest', refuseBadTokens(services))
    await scope.register(fastifyApollo(apollo), {
      path: '/graphql',
      method: 'POST',
      context: (request) => contextOf(request, services),
    })
  })
}
