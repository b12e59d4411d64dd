import { z } from 'zod'
import { gatewayUrl } from '@/session/env'
import { isFresh } from '@/session/tokens'

export type SignInOutcome =
  { ok: true; session: string; token: string } | { ok: false; reason: 'refused' | 'rate-limited' | 'unreachable' }

const timeoutMs = 15_000

async function askIdentity(path: string, init: { session?: string; body?: unknown } = {}): Promise<Response> {
  const base = gatewayUrl()
  return fetch(`${base}/auth${path}`, {
    method: init.body === undefined ? 'GET' : 'POST',
    headers: {
      origin: new URL(base).origin,
      ...(init.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(init.session === undefined ? {} : { authorization: `Bearer ${init.session}` }),
    },
    ...(init.body === undefined ? {} : { body: JSON.stringify(init.body) }),
    signal: AbortSignal.timeout(timeoutMs),
    cache: 'no-store',
  })
}

/** A short-lived JWT for a session; null when the session has ended. */
export async function mintToken(session: string): Promise<string | null> {
  const response = await askIdentity('/token', { session })
  if (!response.ok) return null
  const body = z.object({ token: z.string() }).safeParse(await response.json())
  return body.success ? body.data.token : null
}

export async function signIn(email: string, password: string): Promise<SignInOutcome> {
  try {
    const response = await askIdentity('/sign-in/email', { body: { email, password } })
    if (response.status === 429) return { ok: false, reason: 'rate-limited' }
    const session = response.headers.get('set-auth-token')
    if (!response.ok || session === null)
      return { ok: false, reason: response.status >= 500 ? 'unreachable' : 'refused' }
    const token = await mintToken(session)
    return token === null ? { ok: false, reason: 'refused' } : { ok: true, session, token }
  } catch {
    return { ok: false, reason: 'unreachable' }
  }
}

/** Ends the session at the gateway; a gateway that cannot be reached does not keep anybody signed in here. */
export async function signOut(session: string): Promise<void> {
  await askIdentity('/sign-out', { session, body: {} }).catch(() => undefined)
}

/** The token to send: the one at hand while it is fresh, else a new one. */
export async function currentToken(
  session: string | undefined,
  token: string | undefined,
  nowMs: number,
): Promise<{ token: string; renewed: boolean } | null> {
  if (isFresh(token, nowMs)) return { token, renewed: false }
  if (session === undefined) return null
  const minted = await mintToken(session).catch(() => null)
  return minted === null ? null : { token: minted, renewed: true }
}
