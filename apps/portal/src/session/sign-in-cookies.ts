import type { NextRequest, NextResponse } from 'next/server'
import { cookieOptions } from '@/session/forward'
import { sessionCookie, tokenCookie } from '@/session/tokens'

export function keepSignedIn(
  response: NextResponse,
  request: NextRequest,
  { session, token }: { session: string; token: string },
): void {
  response.cookies.set(sessionCookie, session, cookieOptions(request))
  response.cookies.set(tokenCookie, token, cookieOptions(request))
}

export function forgetSignedIn(response: NextResponse): void {
  response.cookies.delete(sessionCookie)
  response.cookies.delete(tokenCookie)
}
