export interface ServerSentEvent {
  readonly event: string
  readonly data: string
  readonly id?: string
}

/** Events of a `text/event-stream` body, as they come. Comments (keep-alive) are passed over. */
export async function* readEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<ServerSentEvent> {
  const decoder = new TextDecoder()
  let pending = ''
  for await (const chunk of body) {
    pending = (pending + decoder.decode(chunk, { stream: true })).replaceAll('\r\n', '\n')
    for (let end = pending.indexOf('\n\n'); end >= 0; end = pending.indexOf('\n\n')) {
      const event = parseEvent(pending.slice(0, end))
      pending = pending.slice(end + 2)
      if (event) yield event
    }
  }
}

function parseEvent(block: string): ServerSentEvent | null {
  const fields = block.split('\n').filter((line) => line !== '' && !line.startsWith(':'))
  if (fields.length === 0) return null
  const valuesOf = (name: string) =>
    fields.filter((line) => line.startsWith(`${name}:`)).map((line) => line.slice(name.length + 1).replace(/^ /, ''))
  const [id] = valuesOf('id')
  return {
    event: valuesOf('event')[0] ?? 'message',
    data: valuesOf('data').join('\n'),
    ...(id === undefined ? {} : { id }),
  }
}
