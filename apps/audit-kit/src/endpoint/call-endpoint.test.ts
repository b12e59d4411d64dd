import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { callEndpoint, routeOf, withoutSecrets, type CallOptions } from './call-endpoint.js'

type Reply = (response: ServerResponse, request: IncomingMessage) => void

let stop: () => void = () => undefined
afterEach(() => stop())

/** A server that gives these replies in turn, the last one for ever. */
async function serve(...replies: Reply[]): Promise<{ url: string; asked: () => number }> {
  let asked = 0
  const server = createServer((request, response) =>
    replies[Math.min(asked++, replies.length - 1)]?.(response, request),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  stop = () => {
    server.closeAllConnections()
    server.close()
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/m?key=secret`, asked: () => asked }
}

const status =
  (code: number, headers: Record<string, string> = {}, body = '{}'): Reply =>
  (response) =>
    void response.writeHead(code, headers).end(body)
const fine = status(200, {}, '{"a":1}')

const options = (changes: Partial<CallOptions> = {}): CallOptions => ({
  token: undefined,
  timeoutMs: 5000,
  firstPauseMs: 1,
  signal: new AbortController().signal,
  ...changes,
})

const refusal = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) as string }) as Error

describe('asking an endpoint', () => {
  it.each([
    ['too many requests', status(429, { 'retry-after': '0' })],
    ['an error of the server', status(503)],
    ['half an answer', status(200, {}, '{"a":')],
    ['a connection that breaks', (response: ServerResponse) => void response.destroy()],
  ])('asks again after %s', async (_, reply) => {
    const { url, asked } = await serve(reply, reply, fine)
    expect(await callEndpoint(url, {}, options())).toEqual({ a: 1 })
    expect(asked()).toBe(3)
  })

  it('gives up in the end, and says what was the matter without what is secret', async () => {
    const { url, asked } = await serve(status(500, {}, '{"message":"out of \\u001b[31mmemory"}'))
    const error = refusal(
      'ENDPOINT_REFUSED',
      /^http:\/\/127\.0\.0\.1:\d+\/m: 500 out of \[31mmemory \(asked 7 times\)$/,
    )
    await expect(callEndpoint(url, {}, options())).rejects.toThrow(error)
    expect(asked()).toBe(7)
  })

  it('waits for an answer no longer than it is told', async () => {
    const { url } = await serve(() => undefined)
    const late = refusal('ENDPOINT_TIMED_OUT', /no answer within 0\.02 s/)
    await expect(callEndpoint(url, {}, options({ timeoutMs: 20 }))).rejects.toThrow(late)
  })

  it.each([
    [400, /Send 1 to 64 pictures/],
    [401, /--token/],
    [404, /404/],
  ])('takes a refusal with %i for what it is', async (code, message) => {
    const { url, asked } = await serve(status(code, {}, '{"message":"Send 1 to 64 pictures"}'))
    await expect(callEndpoint(url, {}, options())).rejects.toThrow(refusal('ENDPOINT_REFUSED', message))
    expect(asked()).toBe(1)
  })

  it('carries its token to the address it was given for, and follows no redirect', async () => {
    const seen: (string | undefined)[] = []
    const { url } = await serve((response, { headers }) => {
      seen.push(headers.authorization)
      response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end()
    })
    await expect(callEndpoint(url, {}, options({ token: 't' }))).rejects.toThrow(refusal('ENDPOINT_REFUSED', /302/))
    expect(seen).toEqual(['Bearer t'])
  })

  it('reads numbers that JSON cannot hold as null', async () => {
    const { url } = await serve(status(200, {}, '{"a":[NaN,-Infinity,1,"NaN"]}'))
    expect(await callEndpoint(url, {}, options())).toEqual({ a: [null, null, 1, 'null'] })
  })

  it('stops when it is told to, in the middle of waiting', async () => {
    const abort = new AbortController()
    const { url } = await serve(status(503, { 'retry-after': '60' }))
    const onRetry = () => abort.abort(new Error('enough'))
    await expect(callEndpoint(url, {}, options({ signal: abort.signal, onRetry }))).rejects.toThrow()
  })
})

it('puts routes before what an address says after the question mark', () => {
  expect(routeOf('https://h/m/?key=1', 'embed', { representation: 'features' })).toBe(
    'https://h/m/embed?key=1&representation=features',
  )
  expect(routeOf('https://h')).toBe('https://h/')
  expect(withoutSecrets('https://h/m/?key=1#x')).toBe('https://h/m')
})
