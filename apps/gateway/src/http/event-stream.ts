import type { FastifyReply } from 'fastify'

/** One event of GraphQL over SSE in its distinct connections mode. */
export interface StreamedEvent {
  readonly event: 'next' | 'complete'
  readonly id?: string | undefined
  /** Nothing, or what is sent as JSON. */
  readonly data?: unknown
}

export interface StreamBounds {
  /** Aborted when the client leaves or is left, so that whatever makes the events ends too. */
  readonly leaving: AbortController
  /** Longest that a client may leave its buffer full. */
  readonly stallMs: number
  /** What a client is told that left its buffer full; it may read so when it reads on. */
  readonly tooSlow: StreamedEvent
}

const keepAliveMs = 12_000
/** For the last words to a slow client. */
const partingMs = 5_000

const print = ({ event, id, data }: StreamedEvent): string =>
  `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${data === undefined ? '' : JSON.stringify(data)}\n\n`

/**
 * Sends events as they come until they end, the client leaves, or it does not read. The next event is asked for when
 * there is room for it, so that a slow client costs a socket's buffer and no more.
 */
export async function sendEvents(
  reply: FastifyReply,
  events: AsyncIterable<StreamedEvent>,
  { leaving, stallMs, tooSlow }: StreamBounds,
): Promise<void> {
  const { raw } = reply
  const leave = (): void => leaving.abort()
  raw.once('close', leave)
  reply.hijack()
  raw.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
  })
  // Some browsers take the headers for sent only with the first byte of the body.
  raw.write(':\n\n')
  const keepAlive = setInterval(() => {
    if (!raw.writableNeedDrain) raw.write(':\n\n')
  }, keepAliveMs)
  try {
    for await (const event of events) {
      if (leaving.signal.aborted) return
      if (raw.write(print(event)) || (await hasDrained(reply, stallMs))) continue
      part(reply, tooSlow)
      return
    }
    raw.end()
  } finally {
    clearInterval(keepAlive)
    raw.off('close', leave)
    leave()
  }
}

/** Whether there is room again in time; true also when the client has left, which ends the events. */
function hasDrained({ raw }: FastifyReply, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (drained: boolean): void => {
      clearTimeout(timer)
      raw.off('drain', onDrain).off('close', onDrain)
      resolve(drained)
    }
    const onDrain = (): void => settle(true)
    const timer = setTimeout(() => settle(false), ms)
    raw.once('drain', onDrain).once('close', onDrain)
  })
}

function part({ raw }: FastifyReply, last: StreamedEvent): void {
  const { socket } = raw
  raw.end(print(last) + print({ event: 'complete' }), () => socket?.end())
  setTimeout(() => socket?.destroy(), partingMs).unref()
}
