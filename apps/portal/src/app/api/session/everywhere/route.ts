import { NextResponse, type NextRequest } from 'next/server'
import { askIdentity } from '@/session/ask-identity'
import { isSameOrigin } from '@/session/same-origin'
import { forgetSignedIn } from '@/session/sign-in-cookies'
import { sessionCookie } from '@/session/tokens'

export const dynamic = 'force-dynamic'

/** Ends every session of this person; only then is this browser signed out too. */
export async function DELETE(request: NextRequest): Promise<Response> {
  if (!isSameOrigin(request.headers)) return NextResponse.json({ ok: false }, { status: 403 })
  const session = request.cookies.get(sessionCookie)?.value
  const answer =
    session === undefined ? null : await askIdentity('/sign-out-everywhere', { session, body: {} }).catch(() => null)
  if (session !== undefined && answer?.status !== 401 && !answer?.ok)
    return NextResponse.json({ ok: false }, { status: 502 })
  const response = NextResponse.json({ ok: true })
  forgetSignedIn(response)
  return response
}
