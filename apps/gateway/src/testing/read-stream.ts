import type { GatewayRig } from './gateway-rig.js'

export interface StreamEvent {
  readonly event: string
  readonly id: string | undefined
  readonly data: { data?: Record<string, unknown>; errors?: { extensions: { code: string } }[] } | undefined
}

export const parseEvent = (block: string): StreamEvent | null => {
  const lines = block.split('\n')
  const valueOf = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2)
  const [event, data] = [valueOf('event'), valueOf('data')]
  if (event === undefined) return null
  return { event, id: valueOf('id'), data: data ? (JSON.parse(data) as StreamEvent['data']) : undefined }
}

export interface StreamRequest {
  readonly token: string
  readonly query: string
  readonly variables?: object | undefined
  readonly signal: AbortSignal
  /** Id of the event behind which it goes on. */
  readonly after?: string | undefined
}

export const openStream = (
  { url }: Pick<GatewayRig, 'url'>,
  { token, query, variables, signal, after }: StreamRequest,
): Promise<Response> =>
  fetch(`${url}/graphql/stream`, {
    method: 'POST',
    signal,
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      authorization: `Bearer ${token}`,
      ...(after === undefined ? {} : { 'last-event-id': after }),
    },
    body: JSON.stringify({ query, variables }),
  })

/** Events of a subscription as they come; ends with the connection. */
export async function* readStream(rig: Pick<GatewayRig, 'url'>, request: StreamRequest): AsyncGenerator<StreamEvent> {
  const response = await openStream(rig, request)
  let buffered = ''
  for await (const chunk of response.body ?? []) {
    buffered += Buffer.from(chunk as Uint8Array).toString()
    for (let end = buffered.indexOf('\n\n'); end >= 0; end = buffered.indexOf('\n\n')) {
      const event = parseEvent(buffered.slice(0, end))
      buffered = buffered.slice(end + 2)
      if (event) yield event
    }
  }
}
