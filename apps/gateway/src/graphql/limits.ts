import { ApolloArmor } from '@escape.tech/graphql-armor'
import { type DocumentNode, GraphQLError, type GraphQLSchema, type ValidationRule } from 'graphql'
import { type ComplexityEstimatorArgs, getComplexity } from 'graphql-query-complexity'

/** Bounds of one operation; what goes past them is refused before anything is resolved. */
export const limits = {
  bodyBytes: 1024 * 1024,
  tokens: 4000,
  depth: 14,
  aliases: 20,
  directives: 20,
  /** Fields, each as often as its list may be long. */
  complexity: 15_000,
}

const { validationRules } = new ApolloArmor({
  maxDepth: { n: limits.depth, ignoreIntrospection: false, flattenFragments: true, exposeLimits: true },
  maxAliases: { n: limits.aliases },
  maxDirectives: { n: limits.directives },
  maxTokens: { enabled: false },
  costLimit: { enabled: false },
  blockFieldSuggestion: { enabled: false },
}).protect()

export const limitRules: readonly ValidationRule[] = validationRules

/** A page costs its fields times its length, everything else its fields. */
const estimate = ({ args, childComplexity }: ComplexityEstimatorArgs): number => {
  const first: unknown = args['first']
  return 1 + childComplexity * (typeof first === 'number' ? Math.max(1, first) : 1)
}

/** @throws GraphQLError QUERY_TOO_COMPLEX */
export function assertAffordable(
  schema: GraphQLSchema,
  operation: { document: DocumentNode; variables?: Record<string, unknown>; operationName?: string },
): number {
  const { document, variables, operationName } = operation
  const complexity = getComplexity({
    schema,
    query: document,
    estimators: [estimate],
    ...(variables === undefined ? {} : { variables }),
    ...(operationName === undefined ? {} : { operationName }),
  })
  if (complexity <= limits.complexity) return complexity
  throw new GraphQLError(
    `This operation may read ${complexity} fields; at most ${limits.complexity} are allowed. Ask for fewer at a time.`,
    { extensions: { code: 'QUERY_TOO_COMPLEX', http: { status: 400 } } },
  )
}
