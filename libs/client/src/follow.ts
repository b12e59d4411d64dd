import { LetheError } from './lethe-error.js'
import { readEvents, type ServerSentEvent } from './read-events.js'
import { type Answer, assertOk, dataOf, type Transport, wait } from './transport.js'

const firstWaitMs = 500
const longestWaitMs = 15_000

/**
 * A subscription's answers, for as long as the caller reads on: after a break, and when the token of a stream has
 * expired, it goes on behind the last event that was read. Nothing is missed and nothing repeated.
 *
 * @throws LetheError for a refusal by the gateway
 */
export async function* follow(
  transport: Transport,
  body: object,
  signal: AbortSignal | undefined,
): AsyncGenerator<Readonly<Record<string, unknown>>> {
  let lastId: string | undefined
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(longestWaitMs, waitMs * 2)) {
    for await (const { event, data, id } of readStream(transport, body, lastId, signal)) {
      if (event !== 'next') continue
      const answer = JSON.parse(data) as Answer
      if (answer.errors?.[0]?.extensions?.['code'] === 'SUBSCRIBER_TOO_SLOW') break
      yield dataOf(answer)
      lastId = id ?? lastId
      waitMs = firstWaitMs
    }
    await wait(waitMs, signal)
  }
}

/** Ends with the connection, however that ends. */
async function* readStream(
  transport: Transport,
  body: object,
  lastId: string | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<ServerSentEvent> {
  const response = await transport.send({
    path: '/graphql/stream',
    signal,
    isRepeatable: true,
    init: {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        ...(lastId === undefined ? {} : { 'last-event-id': lastId }),
      },
      body: JSON.stringify(body),
    },
  })
  await assertOk(response)
  if (response.body === null) throw new LetheError('ANSWER_INVALID', 'The gateway opened no stream.')
  try {
    yield* readEvents(response.body)
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof LetheError || !(error instanceof TypeError)) throw error
    // The connection broke: fetch tells it as a TypeError.
  }
}
