import { NextResponse, type NextRequest } from 'next/server'
import { z } from 'zod'
import { askerOf, askIdentity } from '@/session/ask-identity'
import { cookieOptions } from '@/session/forward'
import { readJson } from '@/session/read-body'
import { safeTarget } from '@/session/safe-target'
import { isSameOrigin } from '@/session/same-origin'
import { ssoCookie, ssoMinutes, writeSso } from '@/session/sso-cookie'

export const dynamic = 'force-dynamic'

const Wanted = z.object({ email: z.email().max(254), target: z.string().max(2000).optional() })
const Begun = z.object({ url: z.url(), binding: z.string() })
const Refused = z.object({ code: z.string() })

/** Where the browser signs in, for an address of an organisation that has its own identity provider. */
export async function POST(request: NextRequest): Promise<Response> {
  if (!isSameOrigin(request.headers)) return NextResponse.json({ code: 'FORBIDDEN_ORIGIN' }, { status: 403 })
  const wanted = Wanted.safeParse(await readJson(request))
  if (!wanted.success) return NextResponse.json({ code: 'BAD_REQUEST' }, { status: 400 })
  const { email, target } = wanted.data
  const answer = await askIdentity('/sso/begin', { body: { email }, asker: askerOf(request) }).catch(() => null)
  const body: unknown = await answer?.json().catch(() => null)
  const begun = Begun.safeParse(body)
  if (!answer?.ok || !begun.success) {
    const refused = Refused.safeParse(body)
    const code = refused.success ? refused.data.code : answer?.status === 429 ? 'RATE_LIMITED' : 'GATEWAY_UNREACHABLE'
    return NextResponse.json({ code }, { status: answer?.status ?? 502 })
  }
  const response = NextResponse.json({ url: begun.data.url })
  const held = writeSso({ binding: begun.data.binding, target: safeTarget(target) })
  response.cookies.set(ssoCookie, held, { ...cookieOptions(request), maxAge: ssoMinutes * 60, path: '/api/sso' })
  return response
}
