/** One event of a `text/event-stream`. */
export interface StreamEvent {
  event: string
  data: string
  /** By which the stream can be taken up behind this event. */
  id?: string
}

/**
 * Splits the text of an event stream into events, keeping what is not yet complete. Lines may end in LF or CRLF;
 * comments (the keep-alive) are dropped.
 */
export function createEventParser(): (chunk: string) => StreamEvent[] {
  let held = ''
  return (chunk) => {
    held = (held + chunk).replaceAll('\r\n', '\n')
    const blocks = held.split('\n\n')
    held = blocks.pop() ?? ''
    return blocks.map(parseBlock).filter((event) => event !== null)
  }
}

function parseBlock(block: string): StreamEvent | null {
  let event = 'message'
  let id: string | undefined
  const data: string[] = []
  for (const line of block.split('\n')) {
    if (line === '' || line.startsWith(':')) continue
    const colon = line.indexOf(':')
    const field = colon === -1 ? line : line.slice(0, colon)
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'event') event = value
    if (field === 'id') id = value
    if (field === 'data') data.push(value)
  }
  return data.length === 0 && event === 'message'
    ? null
    : { event, data: data.join('\n'), ...(id === undefined ? {} : { id }) }
}
