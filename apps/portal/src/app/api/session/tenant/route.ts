import { NextResponse, type NextRequest } from 'next/server'
import { askIdentity } from '@/session/ask-identity'
import { readJson } from '@/session/read-body'
import { isSameOrigin } from '@/session/same-origin'
import { sessionCookie, tokenCookie } from '@/session/tokens'

export const dynamic = 'force-dynamic'

const ask = async (request: NextRequest, path: string, body?: unknown): Promise<Response | null> => {
  const session = request.cookies.get(sessionCookie)?.value
  if (session === undefined) return null
  return askIdentity(path, { session, ...(body === undefined ? {} : { body }) }).catch(() => null)
}
const unanswered = () => NextResponse.json({ code: 'GATEWAY_UNREACHABLE' }, { status: 502 })

/** The tenants of whoever is signed in. */
export async function GET(request: NextRequest): Promise<Response> {
  const answer = await ask(request, '/tenants')
  return answer === null ? unanswered() : NextResponse.json(await answer.json(), { status: answer.status })
}

/** Changes to another of them. The token at hand is of the tenant before. */
export async function POST(request: NextRequest): Promise<Response> {
  if (!isSameOrigin(request.headers)) return NextResponse.json({ code: 'FORBIDDEN_ORIGIN' }, { status: 403 })
  const answer = await ask(request, '/tenants/active', (await readJson(request)) ?? {})
  if (answer === null) return unanswered()
  const response = NextResponse.json(await answer.json(), { status: answer.status })
  if (answer.ok) response.cookies.delete(tokenCookie)
  return response
}
