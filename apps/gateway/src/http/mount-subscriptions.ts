import { isDomainError } from '@lethe/domain'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type ExecutionResult, GraphQLError, type GraphQLSchema, subscribe } from 'graphql'
import { z } from 'zod'
import type { Context } from '../context.js'
import { type CheckedSubscription, checkSubscription } from '../graphql/check-operation.js'
import { formatError } from '../graphql/errors.js'
import { costOfNonsense } from '../graphql/limits.js'
import type { Services } from '../services.js'
import { contextOf, refuseBadTokens } from './authenticate.js'
import { sendEvents, type StreamedEvent } from './event-stream.js'
import { answerTransportErrors, graphqlRefusal } from './graphql-refusal.js'
import { assertWithinRates, rateLimitHeaders, refuseUsedUp } from './rate-limits.js'

export interface SubscriptionOptions {
  readonly schema: GraphQLSchema
  readonly services: Services
  readonly isProduction: boolean
  /** Streams that one viewer may hold open at this gateway. */
  readonly streamsPerViewer: number
  /** Longest that a client may leave its buffer full. */
  readonly streamStallMs: number
}

const error = (code: string, message: string): GraphQLError => new GraphQLError(message, { extensions: { code } })

const tooSlow: StreamedEvent = {
  event: 'next',
  data: {
    errors: [
      error(
        'SUBSCRIBER_TOO_SLOW',
        'Events came faster than you read; go on with the id of the last one as `Last-Event-ID`.',
      ),
    ],
  },
}

/** POST /graphql/stream: subscriptions as server-sent events, one connection each (GraphQL over SSE). */
export async function mountSubscriptions(app: FastifyInstance, options: SubscriptionOptions): Promise<void> {
  const { services, streamsPerViewer, streamStallMs } = options
  const open = new Map<string, number>()

  const stream = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | void> => {
    if (!/text\/event-stream|\*\/\*/.test(request.headers.accept ?? ''))
      return graphqlRefusal(reply, 406, 'NOT_ACCEPTABLE', 'Events are sent as text/event-stream; accept it.')
    const leaving = new AbortController()
    const context = await contextOf(request, services, leaving.signal)
    refuseUsedUp(reply, context)
    const viewer = context.viewer?.keyId ?? context.viewer?.userId ?? `address:${context.address}`
    const count = open.get(viewer) ?? 0
    if (count >= streamsPerViewer)
      return graphqlRefusal(
        reply,
        429,
        'TOO_MANY_SUBSCRIPTIONS',
        `You follow ${count} subscriptions here, the most that is allowed; close one first.`,
      )
    open.set(viewer, count + 1)
    try {
      const events = await begin(options, request, reply, context)
      await sendEvents(reply, events, { leaving, stallMs: streamStallMs, tooSlow })
    } finally {
      const left = (open.get(viewer) ?? 1) - 1
      if (left === 0) open.delete(viewer)
      else open.set(viewer, left)
    }
  }
  await app.register((scope, _options, done) => {
    answerTransportErrors(scope, services)
    scope.addHook('onRequest', refuseBadTokens(services))
    scope.post('/graphql/stream', stream)
    done()
  })
}

const Params = z.object({
  query: z.string().nullish(),
  documentId: z.string().nullish(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().nullish(),
})

/**
 * The events of a subscription. What is wrong with the operation itself is told as an event, as GraphQL over SSE has it;
 * a rate that is exceeded is the answer of the request.
 */
async function begin(
  { schema, services, isProduction }: SubscriptionOptions,
  request: FastifyRequest,
  reply: FastifyReply,
  context: Context,
): Promise<AsyncIterable<StreamedEvent>> {
  try {
    const { variables, operationName, ...named } = paramsOf(request.body)
    const query = services.documents.resolve(named) ?? ''
    const args = { ...(variables == null ? {} : { variables }), ...(operationName == null ? {} : { operationName }) }
    const { checked, problem } = check(schema, { query, ...args }, isProduction)
    const allowances = await services.rates.spend(context, checked?.cost ?? costOfNonsense(query))
    reply.headers(rateLimitHeaders(allowances))
    assertWithinRates(allowances)
    if (checked === undefined) throw problem
    const { document } = checked
    beginBehind(request, context)
    const result = await subscribe({
      schema,
      document,
      contextValue: context,
      variableValues: args.variables ?? null,
      operationName: args.operationName ?? null,
    })
    return Symbol.asyncIterator in result ? follow(result, context) : once(result, context)
  } catch (reason) {
    if (reason instanceof GraphQLError && reason.extensions['code'] !== 'RATE_LIMITED')
      return once({ errors: [reason] }, context)
    if (!isDomainError(reason)) throw reason
    return once({ errors: [new GraphQLError(reason.message, { originalError: reason })] }, context)
  }
}

/** What cannot be run is paid for like what can. */
function check(
  schema: GraphQLSchema,
  operation: Parameters<typeof checkSubscription>[1],
  hidesSchema: boolean,
): { checked?: CheckedSubscription; problem?: unknown } {
  try {
    return { checked: checkSubscription(schema, operation, { hidesSchema }) }
  } catch (problem) {
    return { problem }
  }
}

function paramsOf(body: unknown): z.output<typeof Params> {
  const params = Params.safeParse(body)
  if (params.success) return params.data
  throw error(
    'BAD_REQUEST',
    'Send an object with `query` or `documentId`, and `variables` and `operationName` if need be.',
  )
}

function beginBehind({ headers }: FastifyRequest, { place, viewer, services }: Context): void {
  const id = headers['last-event-id']
  if (typeof id !== 'string' || id === '' || viewer?.tenantId == null) return
  place.after = services.eventPositions.decode(viewer.tenantId, id)
}

async function* once(result: ExecutionResult, context: Context): AsyncGenerator<StreamedEvent> {
  yield { event: 'next', data: mask(result, context) }
  yield { event: 'complete' }
}

/** One answer is made at a time, so the place of the context is that of the answer. */
async function* follow(answers: AsyncGenerator<ExecutionResult>, context: Context): AsyncGenerator<StreamedEvent> {
  const { place, tally, viewer, services, signal } = context
  const end = (): void => void answers.return(undefined)
  signal.addEventListener('abort', end)
  if (signal.aborted) end()
  try {
    for await (const answer of answers) {
      const id =
        place.reached === null || viewer?.tenantId == null
          ? undefined
          : services.eventPositions.encode(viewer.tenantId, place.reached)
      yield { event: 'next', id, data: mask(answer, context) }
      tally.clear()
    }
  } catch (reason) {
    yield { event: 'next', data: mask({ errors: [asGraphqlError(reason)] }, context) }
  } finally {
    signal.removeEventListener('abort', end)
  }
  yield { event: 'complete' }
}

const asGraphqlError = (reason: unknown): GraphQLError =>
  reason instanceof GraphQLError
    ? reason
    : new GraphQLError('The subscription broke off.', {
        originalError: reason instanceof Error ? reason : new Error(String(reason)),
      })

function mask(result: ExecutionResult, { correlationId, services }: Context): object {
  if (result.errors === undefined) return result
  const { logger } = services
  const errors = result.errors.map((problem) => {
    const formatted = { ...problem.toJSON(), extensions: { code: 'INTERNAL_SERVER_ERROR', ...problem.extensions } }
    return formatError(formatted, problem, { correlationId, logger })
  })
  return { ...result, errors }
}
