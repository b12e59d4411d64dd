import { NextResponse, type NextRequest } from 'next/server'
import { getLocale } from 'next-intl/server'
import { askerOf, askIdentity } from '@/session/ask-identity'
import { readJson } from '@/session/read-body'
import { isSameOrigin } from '@/session/same-origin'

export const dynamic = 'force-dynamic'

/** What somebody who is not signed in may ask of the identity provider; nothing else is passed on. */
const open = new Set([
  'request-password-reset',
  'reset-password',
  'invitation/read',
  'invitation/accept',
  'erasure-identity/read',
  'erasure-identity/answer',
  'sign-up/request',
  'sign-up/read',
  'sign-up/complete',
])

const refusal = (status: number, code: string) => NextResponse.json({ code }, { status })

export async function POST(
  request: NextRequest,
  { params }: { params: Promise<{ path: string[] }> },
): Promise<Response> {
  const path = (await params).path.join('/')
  if (!open.has(path)) return refusal(404, 'NOT_FOUND')
  if (!isSameOrigin(request.headers)) return refusal(403, 'FORBIDDEN_ORIGIN')
  const body = await readJson(request)
  if (body === null) return refusal(400, 'BAD_REQUEST')
  const answer = await askIdentity(`/${path}`, { body, asker: askerOf(request, await getLocale()) }).catch(() => null)
  if (answer === null) return refusal(502, 'GATEWAY_UNREACHABLE')
  return NextResponse.json((await answer.json().catch(() => null)) ?? {}, {
    status: answer.status,
    headers: { 'cache-control': 'no-store' },
  })
}
