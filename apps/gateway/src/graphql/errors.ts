import { unwrapResolverError } from '@apollo/server/errors'
import { isDomainError } from '@lethe/domain'
import type { Logger } from '@lethe/runtime'
import type { GraphQLFormattedError } from 'graphql'

/** Codes of ours and of the GraphQL server that a client may see; everything else is an accident. */
const expected = new Set([
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'BAD_USER_INPUT',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_REQUEST',
  'QUERY_TOO_COMPLEX',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
])

/**
 * What a client is told of an error: expected refusals as they are; of anything else only that it happened and the
 * correlation id under which the log tells why.
 */
export function formatError(
  formatted: GraphQLFormattedError,
  error: unknown,
  { correlationId, logger }: { correlationId: string; logger: Logger },
): GraphQLFormattedError {
  const cause = unwrapResolverError(error)
  const at = formatted.path ? { path: formatted.path } : {}
  if (isDomainError(cause)) {
    const field = cause.field === undefined ? {} : { field: cause.field }
    return { message: cause.message, ...at, extensions: { code: cause.code, ...field } }
  }
  const code = formatted.extensions?.['code']
  if (typeof code === 'string' && expected.has(code)) {
    const { stacktrace: _, ...extensions } = formatted.extensions ?? {}
    return { ...formatted, extensions }
  }
  logger.error({ err: cause, correlationId, path: formatted.path }, 'request failed')
  return {
    message: 'Something went wrong on our side; quote the correlation id when you report it.',
    ...at,
    extensions: { code: 'INTERNAL_SERVER_ERROR', correlationId },
  }
}
