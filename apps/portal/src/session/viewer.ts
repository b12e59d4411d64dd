import { cookies } from 'next/headers'
import { cache } from 'react'
import { ViewerDocument, type ViewerQuery } from '@/gql/graphql'
import { gatewayUrl } from '@/session/env'
import { currentToken } from '@/session/identity'
import { sessionCookie, tokenCookie } from '@/session/tokens'

export type Viewer = NonNullable<ViewerQuery['viewer']>

export type ViewerState = { state: 'signed-in'; viewer: Viewer } | { state: 'signed-out' } | { state: 'unreachable' }

/** Who is looking, asked once per page. A page cannot set cookies, so a renewed token serves this answer only. */
export const readViewer = cache(async (): Promise<ViewerState> => {
  const jar = await cookies()
  const session = jar.get(sessionCookie)?.value
  const held = await currentToken(session, jar.get(tokenCookie)?.value, Date.now())
  if (held === null) return { state: 'signed-out' }
  const answer = await fetch(`${gatewayUrl()}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${held.token}` },
    body: JSON.stringify({ query: ViewerDocument.toString() }),
    cache: 'no-store',
    signal: AbortSignal.timeout(10_000),
  }).catch(() => null)
  if (answer === null || answer.status >= 500) return { state: 'unreachable' }
  if (!answer.ok) return { state: 'signed-out' }
  const body = (await answer.json()) as { data?: ViewerQuery | null }
  return body.data?.viewer ? { state: 'signed-in', viewer: body.data.viewer } : { state: 'signed-out' }
})
