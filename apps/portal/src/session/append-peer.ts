import { subscribe } from 'node:diagnostics_channel'
import type { IncomingMessage } from 'node:http'

/** Route handlers are bundled apart from what starts the server, and share nothing with it but this. */
const mark = Symbol.for('lethe.peer-is-appended')
const shared = globalThis as { [mark]?: true }

/**
 * Appends to X-Forwarded-For of every request the address that its connection comes from, as any proxy does: the last
 * entry is never the browser's own word. Next.js would leave a header that came with the request as it is.
 */
export function appendPeer(): void {
  if (shared[mark]) return
  // Node publishes this before anybody handles the request.
  subscribe('http.server.request.start', (message) => {
    const { request } = message as { request: IncomingMessage }
    const peer = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '')
    const before = request.headers['x-forwarded-for']
    request.headers['x-forwarded-for'] = before ? `${String(before)}, ${peer}` : peer
  })
  shared[mark] = true
}

/** Whether X-Forwarded-For of a request can be passed on. */
export const isPeerAppended = (): boolean => shared[mark] === true
