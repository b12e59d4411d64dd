import { ApolloArmor } from '@escape.tech/graphql-armor'
import {
  type ASTVisitor,
  type DocumentNode,
  type GraphQLField,
  getNullableType,
  GraphQLError,
  type GraphQLSchema,
  isListType,
  Kind,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql'
import { type ComplexityEstimatorArgs, getComplexity } from 'graphql-query-complexity'
import { Extensions } from 'type-graphql'

/** Bounds of one operation; what goes past them is refused before anything is resolved. */
export const limits = {
  bodyBytes: 1024 * 1024,
  tokens: 2000,
  depth: 14,
  aliases: 20,
  directives: 20,
  rootFields: 20,
  /** Levels of a variable's value. */
  variableDepth: 32,
  /** Fields, each as often as its list may be long. */
  complexity: 15_000,
  /** Members of lists that one answer may be made of, whatever was reckoned with. */
  things: 10_000,
} as const

/** A list without `first` holds the parts of one thing; so many are reckoned with. */
const PARTS = 5

/** Selections that are looked at before an operation counts as too complex, fragments unfolded. */
const MOST_SELECTIONS = 2 * limits.complexity

const refusal = (code: string, message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code, http: { status: 400 } } })

/** A rule of the armor that reports our code and how to mend it. */
const reports = (code: string, message: string) => ({
  propagateOnRejection: false,
  onReject: [(context: ValidationContext | null) => context?.reportError(refusal(code, message))],
})

const { validationRules } = new ApolloArmor({
  maxDepth: {
    n: limits.depth,
    ignoreIntrospection: false,
    flattenFragments: true,
    ...reports('QUERY_TOO_DEEP', `Selections nest at most ${limits.depth} deep; ask for the inner thing by its id.`),
  },
  maxAliases: {
    n: limits.aliases,
    ...reports('QUERY_TOO_MANY_ALIASES', `At most ${limits.aliases} aliases in an operation; send several operations.`),
  },
  maxDirectives: {
    n: limits.directives,
    ...reports('QUERY_TOO_MANY_DIRECTIVES', `At most ${limits.directives} directives in an operation.`),
  },
  maxTokens: { enabled: false },
  costLimit: { enabled: false },
  blockFieldSuggestion: { enabled: false },
}).protect()

/** Fields of the root, those of fragments among them, are work of their own each. */
const maxRootFields: ValidationRule = (context): ASTVisitor => {
  // By fragment, so that a few of them that name each other twice cannot make this count run for ever.
  const counted = new Map<string, number>()
  const countOf = ({ selections }: SelectionSetNode): number =>
    selections.reduce((sum, selection) => {
      if (selection.kind === Kind.FIELD) return sum + 1
      if (selection.kind === Kind.INLINE_FRAGMENT) return sum + countOf(selection.selectionSet)
      return sum + countOfFragment(selection.name.value)
    }, 0)
  const countOfFragment = (name: string): number => {
    const known = counted.get(name)
    if (known !== undefined) return known
    counted.set(name, 0)
    const fragment = context.getFragment(name)
    const count = fragment ? countOf(fragment.selectionSet) : 0
    counted.set(name, count)
    return count
  }
  return {
    OperationDefinition: ({ selectionSet }) => {
      if (countOf(selectionSet) <= limits.rootFields) return
      context.reportError(
        refusal(
          'QUERY_TOO_WIDE',
          `At most ${limits.rootFields} fields of the root in an operation; send several operations.`,
        ),
      )
    },
  }
}

/** PostgreSQL holds no U+0000 in a text. */
const noNulCharacters: ValidationRule = (context): ASTVisitor => ({
  StringValue: (node) => {
    if (!node.value.includes('\0')) return
    context.reportError(refusal('BAD_USER_INPUT', 'A text holds the character U+0000; leave it out.'))
  },
})

export const limitRules: readonly ValidationRule[] = [...validationRules, maxRootFields, noNulCharacters]

/** A page is two statements of its own, wherever it stands. */
const COST_OF_PAGE = 10

/** Marks a field that asks the database for each thing anew, ten for each statement; others cost 1. */
export const Costs = (cost: number): MethodDecorator => Extensions({ cost })

export const costOfField = ({ extensions, args }: GraphQLField<unknown, unknown>): number => {
  const marked = extensions['cost']
  if (typeof marked === 'number') return marked
  return args.some(({ name }) => name === 'after') ? COST_OF_PAGE : 1
}

/**
 * A field costs 1, or what is marked on it; what is asked of its things is added as often as there may be things: the
 * length of a page, five for a list without one.
 */
const estimate = ({ args, field, childComplexity }: ComplexityEstimatorArgs): number => {
  const first: unknown = args['first']
  const isParts = field.name !== 'edges' && isListType(getNullableType(field.type))
  return costOfField(field) + childComplexity * (typeof first === 'number' ? Math.max(1, first) : isParts ? PARTS : 1)
}

const tooComplex = (what: string): GraphQLError =>
  refusal(
    'QUERY_TOO_COMPLEX',
    `This operation may read ${what}; at most ${limits.complexity} are allowed. Ask for fewer.`,
  )

/** Least that a request costs which asks for nothing that could be run. */
const LEAST_OF_NONSENSE = 10

/** Characters of a document that are read for the price of a field. */
const CHARACTERS_PER_FIELD = 8

/** What it costs to read a document and find that it cannot be run: the longer, the more. */
export const costOfNonsense = (document: string | undefined): number =>
  Math.max(LEAST_OF_NONSENSE, Math.ceil((document?.length ?? 0) / CHARACTERS_PER_FIELD))

export interface Operation {
  readonly document: DocumentNode
  readonly variables?: Record<string, unknown> | undefined
  readonly operationName?: string | undefined
}

/**
 * What an operation may read, in fields: 1 or more.
 *
 * @throws GraphQLError QUERY_TOO_COMPLEX, or BAD_USER_INPUT for variables of another type than declared
 */
export function costOf(schema: GraphQLSchema, { document, variables, operationName }: Operation): number {
  const cost = complexityOf({
    schema,
    query: document,
    estimators: [estimate],
    maxQueryNodes: MOST_SELECTIONS,
    ...(variables === undefined ? {} : { variables }),
    ...(operationName === undefined ? {} : { operationName }),
  })
  if (cost > limits.complexity) throw tooComplex(`${cost} fields`)
  return Math.max(1, cost)
}

function complexityOf(options: Parameters<typeof getComplexity>[0]): number {
  try {
    return getComplexity(options)
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error
    // Told of fragments that unfold into more selections than are counted; every other report is about a variable.
    if (error.nodes === undefined) throw tooComplex('far too many fields')
    throw new GraphQLError(error.message, {
      nodes: error.nodes,
      extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } },
    })
  }
}
