import { NextResponse, type NextRequest } from 'next/server'
import { askerOf } from '@/session/ask-identity'
import { enter } from '@/session/identity'
import { ssoProblemOf } from '@/features/shell/sso-problem'
import { safeTarget } from '@/session/safe-target'
import { keepSignedIn } from '@/session/sign-in-cookies'
import { readSso, ssoCookie } from '@/session/sso-cookie'

export const dynamic = 'force-dynamic'

/** Where an identity provider sends the browser back. A relative address, since behind a proxy we are known otherwise. */
export async function GET(request: NextRequest): Promise<Response> {
  const held = readSso(request.cookies.get(ssoCookie)?.value)
  const query = request.nextUrl.search.slice(1)
  const outcome = held === null ? null : await enter('/sso/finish', { query, binding: held.binding }, askerOf(request))
  const target = outcome?.ok ? safeTarget(held?.target) : `/sign-in?sso=${ssoProblemOf(outcome?.code)}`
  const response = new NextResponse(null, { status: 303, headers: { location: target, 'cache-control': 'no-store' } })
  if (outcome?.ok) keepSignedIn(response, request, outcome)
  response.cookies.delete({ name: ssoCookie, path: '/api/sso' })
  return response
}
