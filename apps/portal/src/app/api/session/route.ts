import { NextResponse, type NextRequest } from 'next/server'
import { z } from 'zod'
import { askerOf } from '@/session/ask-identity'
import { signIn, signOut } from '@/session/identity'
import { readJson } from '@/session/read-body'
import { isSameOrigin } from '@/session/same-origin'
import { forgetSignedIn, keepSignedIn } from '@/session/sign-in-cookies'
import { sessionCookie } from '@/session/tokens'

export const dynamic = 'force-dynamic'

const SignIn = z.object({ email: z.email().max(320), password: z.string().min(1).max(1024) })
const statuses = { refused: 401, 'rate-limited': 429, unreachable: 502 } as const

export async function POST(request: NextRequest): Promise<Response> {
  if (!isSameOrigin(request.headers)) return NextResponse.json({ reason: 'refused' }, { status: 403 })
  const parsed = SignIn.safeParse(await readJson(request))
  if (!parsed.success) return NextResponse.json({ reason: 'refused' }, { status: 401 })
  const outcome = await signIn(parsed.data.email, parsed.data.password, askerOf(request))
  if (!outcome.ok) return NextResponse.json({ reason: outcome.reason }, { status: statuses[outcome.reason] })
  const response = NextResponse.json({ ok: true })
  keepSignedIn(response, request, outcome)
  return response
}

export async function DELETE(request: NextRequest): Promise<Response> {
  if (!isSameOrigin(request.headers)) return NextResponse.json({ reason: 'refused' }, { status: 403 })
  const session = request.cookies.get(sessionCookie)?.value
  if (session !== undefined) await signOut(session)
  const response = NextResponse.json({ ok: true })
  forgetSignedIn(response)
  return response
}
