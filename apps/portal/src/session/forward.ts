import { NextResponse, type NextRequest } from 'next/server'
import { gatewayUrl } from '@/session/env'
import { currentToken } from '@/session/identity'
import { readBody } from '@/session/read-body'
import { isSameOrigin } from '@/session/same-origin'
import { sessionCookie, tokenCookie } from '@/session/tokens'

const refusal = (status: number, code: string, message: string): NextResponse =>
  NextResponse.json({ errors: [{ message, extensions: { code } }] }, { status })

export const cookieOptions = (request: NextRequest) => ({
  httpOnly: true,
  sameSite: 'lax' as const,
  secure: (request.headers.get('x-forwarded-proto') ?? request.nextUrl.protocol).startsWith('https'),
  path: '/',
})

/** An event stream ends only when somebody ends it, and a server that is told to stop waits for its connections. */
const stopping = new AbortController()
process.once('SIGTERM', () => stopping.abort())
process.once('SIGINT', () => stopping.abort())

/** What a gateway's answer may tell the browser. */
const answerHeaders = [
  'content-type',
  'content-length',
  'content-disposition',
  'etag',
  'x-correlation-id',
  'x-request-id',
  'ratelimit',
  'ratelimit-policy',
  'retry-after',
  'upload-offset',
  'upload-complete',
]

/** What the gateway is told of a request besides its type: after which event a stream goes on, where a part belongs. */
const passedHeaders = ['last-event-id', 'upload-offset', 'upload-complete']

const passed = (name: string, value: string | null): [string, string][] => (value === null ? [] : [[name, value]])

/**
 * Sends a request of this browser on to the gateway with its token, and streams the answer back. The token is renewed
 * from the session when it is used up. Nothing that the browser sends names the target but `path`.
 */
export async function forward(request: NextRequest, path: string): Promise<Response> {
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  if (!isRead && !isSameOrigin(request.headers)) {
    return refusal(403, 'FORBIDDEN_ORIGIN', 'This request did not come from this site; reload the page and try again.')
  }
  const session = request.cookies.get(sessionCookie)?.value
  const held = await currentToken(session, request.cookies.get(tokenCookie)?.value, Date.now())
  if (held === null) return refusal(401, 'UNAUTHENTICATED', 'The session has ended; sign in again.')
  const body = isRead ? null : await readBody(request)
  if (body === null && !isRead)
    return refusal(413, 'BODY_TOO_LARGE', 'The body is larger than is accepted; send a file in parts.')
  const upstream = await fetch(`${gatewayUrl()}${path}`, {
    method: request.method,
    headers: {
      authorization: `Bearer ${held.token}`,
      accept: request.headers.get('accept') ?? '*/*',
      ...Object.fromEntries(passedHeaders.flatMap((name) => passed(name, request.headers.get(name)))),
      ...(isRead ? {} : { 'content-type': request.headers.get('content-type') ?? 'application/json' }),
    },
    ...(body === null ? {} : { body }),
    signal: AbortSignal.any([request.signal, stopping.signal]),
    cache: 'no-store',
    redirect: 'error',
  }).catch(() => null)
  if (upstream === null)
    return refusal(502, 'GATEWAY_UNREACHABLE', 'The gateway does not answer; try again in a moment.')
  const headers = new Headers({ 'cache-control': 'no-store, no-transform', 'x-content-type-options': 'nosniff' })
  for (const name of answerHeaders) {
    const value = upstream.headers.get(name)
    // A decoded body no longer has the length that was sent.
    if (value !== null && !(name === 'content-length' && upstream.headers.has('content-encoding')))
      headers.set(name, value)
  }
  const response = new NextResponse(upstream.body, { status: upstream.status, headers })
  if (held.renewed) response.cookies.set(tokenCookie, held.token, cookieOptions(request))
  return response
}
