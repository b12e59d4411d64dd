import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify'
import { GraphQLError } from 'graphql'
import type { Services } from '../services.js'
import { transportRefusal } from './transport-error.js'

/** A refusal in the shape of a GraphQL response, before there is an operation. */
export const graphqlRefusal = (
  reply: FastifyReply,
  status: number,
  code: string,
  message: string,
  more: Readonly<Record<string, unknown>> = {},
): FastifyReply => reply.code(status).send({ errors: [{ message, extensions: { code, ...more } }] })

/** Answers what goes wrong around an operation in the shape of a GraphQL response; accidents are masked. */
export function answerTransportErrors(scope: FastifyInstance, services: Services): void {
  scope.setErrorHandler((error: FastifyError | GraphQLError, request, reply) => {
    if (error instanceof GraphQLError) {
      const { code, http, ...more } = error.extensions
      const { status } = (http ?? {}) as { status?: number }
      return graphqlRefusal(reply, status ?? 400, String(code), error.message, more)
    }
    const refused = transportRefusal(error)
    if (refused) return graphqlRefusal(reply, refused.status, refused.code, refused.message)
    services.logger.error({ err: error, correlationId: request.id }, 'request failed')
    const message = 'Something went wrong on our side; quote the correlation id when you report it.'
    return graphqlRefusal(reply, 500, 'INTERNAL_SERVER_ERROR', message, { correlationId: request.id })
  })
}
