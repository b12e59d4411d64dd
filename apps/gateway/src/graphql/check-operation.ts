import {
  type DocumentNode,
  getOperationAST,
  GraphQLError,
  type GraphQLSchema,
  OperationTypeNode,
  parse,
  specifiedRules,
  validate,
} from 'graphql'
import { costOf, limitRules, limits } from './limits.js'

const rules = [...specifiedRules, ...limitRules]

export interface CheckedSubscription {
  readonly document: DocumentNode
  /** In fields, of one event. */
  readonly cost: number
}

/**
 * A subscription within the same bounds as queries and mutations.
 *
 * @param hidesSchema leaves out the names that the validation would suggest
 * @throws GraphQLError with the code of the first thing that is wrong
 */
export function checkSubscription(
  schema: GraphQLSchema,
  { query, variables, operationName }: { query: string; variables?: Record<string, unknown>; operationName?: string },
  { hidesSchema }: { hidesSchema: boolean },
): CheckedSubscription {
  const document = parseDocument(query)
  const [problem] = validate(schema, document, rules, { maxErrors: 1 })
  if (problem) throw withCode(problem, 'GRAPHQL_VALIDATION_FAILED', hidesSchema)
  const operation = getOperationAST(document, operationName)
  if (!operation) throw refusal('OPERATION_RESOLUTION_FAILURE', 'Name one operation of the document.')
  if (operation.operation !== OperationTypeNode.SUBSCRIPTION)
    throw refusal('BAD_REQUEST', 'Send queries and mutations to /graphql; this address serves subscriptions.')
  return { document, cost: costOf(schema, { document, variables, operationName }) }
}

function parseDocument(query: string): DocumentNode {
  try {
    return parse(query, { maxTokens: limits.tokens })
  } catch (error) {
    throw error instanceof GraphQLError ? withCode(error, 'GRAPHQL_PARSE_FAILED', false) : error
  }
}

const refusal = (code: string, message: string): GraphQLError => new GraphQLError(message, { extensions: { code } })

const withCode = (error: GraphQLError, code: string, hidesSchema: boolean): GraphQLError =>
  new GraphQLError(hidesSchema ? error.message.replace(/ ?Did you mean .+$/, '') : error.message, {
    nodes: error.nodes ?? null,
    originalError: error,
    extensions: { code, ...error.extensions },
  })
