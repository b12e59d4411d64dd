import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import Fastify, { type FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { sendEvents, type StreamedEvent } from './event-stream.js'

const eventBytes = 65_536
let drawn = 0
let isOver = false
let app: FastifyInstance
let port: number

/** Events without an end, as fast as they are asked for; over when nobody wants more. */
async function* endless(signal: AbortSignal): AsyncGenerator<StreamedEvent> {
  try {
    for (; !signal.aborted; drawn++) yield { event: 'next', id: String(drawn), data: 'x'.repeat(eventBytes) }
  } finally {
    isOver = true
  }
}

beforeAll(async () => {
  app = Fastify({ forceCloseConnections: true })
  const tooSlow: StreamedEvent = { event: 'next', data: { errors: ['SUBSCRIBER_TOO_SLOW'] } }
  app.get('/', (_request, reply) => {
    const leaving = new AbortController()
    ;[drawn, isOver] = [0, false]
    return sendEvents(reply, endless(leaving.signal), { leaving, stallMs: 300, tooSlow })
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  port = (app.server.address() as { port: number }).port
})
afterAll(() => app.close())

async function ask(): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  return socket
}

describe('a subscriber who does not read', () => {
  it('costs no more events than the buffers hold, is told why, and is let go of', async () => {
    const socket = await ask()
    await vi.waitFor(() => expect(isOver).toBe(true), { timeout: 20_000, interval: 20 })
    // What the sockets of both ends hold together is a matter of the system; without a bound it would have gone on.
    expect(drawn * eventBytes).toBeLessThan(64 * 2 ** 20)
    let last = ''
    socket.on('data', (chunk) => (last = (last + String(chunk)).slice(-1000)))
    await once(socket, 'close')
    expect(last).toMatch(/event: next\ndata: \{"errors":\["SUBSCRIBER_TOO_SLOW"\]\}\n\nevent: complete\n/)
  })

  it('who stops for a moment loses nothing', async () => {
    const socket = await ask()
    let text = ''
    socket.on('data', (chunk) => (text += String(chunk).replaceAll(/x{100,}/g, '')))
    await vi.waitFor(() => expect(drawn).toBeGreaterThan(50))
    socket.pause()
    await wait(100)
    socket.resume()
    const seen = drawn
    await vi.waitFor(() => expect(drawn).toBeGreaterThan(seen + 200))
    socket.destroy()
    await vi.waitFor(() => expect(isOver).toBe(true))
    const ids = [...text.matchAll(/id: (\d+)/g)].map(([, id]) => Number(id))
    expect(ids.slice(0, 200)).toEqual(Array.from({ length: 200 }, (_, index) => index))
    expect(text).not.toContain('SUBSCRIBER_TOO_SLOW')
  })
})
