import { unwrapResolverError } from '@apollo/server/errors'
import { isDomainError } from '@lethe/domain'
import type { Logger } from '@lethe/runtime'
import { GraphQLError, type GraphQLFormattedError } from 'graphql'
import { limits } from './limits.js'

/** Codes of ours and of the GraphQL server that a client may see; everything else is an accident. */
const expected = new Set([
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'BAD_USER_INPUT',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'OPERATION_TIMEOUT',
  'BAD_REQUEST',
  'DOCUMENT_UNKNOWN',
  'DOCUMENT_NOT_TRUSTED',
  'QUERY_TOO_LARGE',
  'QUERY_TOO_DEEP',
  'QUERY_TOO_WIDE',
  'QUERY_TOO_MANY_ALIASES',
  'QUERY_TOO_MANY_DIRECTIVES',
  'QUERY_TOO_COMPLEX',
  'RATE_LIMITED',
])

const tooLarge = {
  code: 'QUERY_TOO_LARGE',
  message: `A document has at most ${limits.tokens} tokens; send a shorter one.`,
}

/** The server gives every problem of a document one code; ours, which the original carries, says more. */
function ownOf(formatted: GraphQLFormattedError, error: unknown): { code: unknown; message: string } {
  const original = error instanceof GraphQLError ? error.originalError : undefined
  const own = original instanceof GraphQLError ? original.extensions['code'] : undefined
  const code = own ?? formatted.extensions?.['code']
  const isTooLarge = code === 'GRAPHQL_PARSE_FAILED' && /contains more that \d+ tokens/.test(formatted.message)
  return isTooLarge ? tooLarge : { code, message: formatted.message }
}

/**
 * What a client is told of an error: expected refusals as they are; of anything else only that it happened and the
 * correlation id under which the log tells why.
 */
export function formatError(
  formatted: GraphQLFormattedError,
  error: unknown,
  { correlationId, logger }: { correlationId: string; logger: Logger },
): GraphQLFormattedError {
  const original = error instanceof GraphQLError ? error.originalError : undefined
  const cause = isDomainError(original) ? original : unwrapResolverError(error)
  const at = formatted.path ? { path: formatted.path } : {}
  if (isDomainError(cause)) {
    const field = cause.field === undefined ? {} : { field: cause.field }
    return { message: cause.message, ...at, extensions: { code: cause.code, ...field } }
  }
  const { code, message } = ownOf(formatted, error)
  if (typeof code === 'string' && expected.has(code)) {
    const { stacktrace: _, http: __, ...extensions } = formatted.extensions ?? {}
    return { ...formatted, message, extensions: { ...extensions, code } }
  }
  logger.error({ err: cause, correlationId, path: formatted.path }, 'request failed')
  return {
    message: 'Something went wrong on our side; quote the correlation id when you report it.',
    ...at,
    extensions: { code: 'INTERNAL_SERVER_ERROR', correlationId },
  }
}
