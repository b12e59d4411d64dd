import { gatewayUrl } from '@/session/env'

export const dynamic = 'force-dynamic'

/** 200 when the gateway answers, for without it no screen has data; any answer but a server error will do. */
export async function GET(): Promise<Response> {
  const answer = await fetch(`${gatewayUrl()}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{__typename}' }),
    signal: AbortSignal.timeout(3000),
    cache: 'no-store',
  }).catch(() => null)
  return new Response(null, { status: answer !== null && answer.status < 500 ? 200 : 503 })
}
