import { z } from 'zod'
import { askIdentity, type Asker } from '@/session/ask-identity'
import { isFresh } from '@/session/tokens'

export type SignInOutcome =
  | { ok: true; session: string; token: string }
  /** The code where the identity provider gave one. */
  | { ok: false; reason: 'refused' | 'rate-limited' | 'unreachable'; code?: string | undefined }

const Refusal = z.object({ code: z.string() })

/** A short-lived JWT for a session; null when the session has ended. */
export async function mintToken(session: string): Promise<string | null> {
  const response = await askIdentity('/token', { session })
  if (!response.ok) return null
  const body = z.object({ token: z.string() }).safeParse(await response.json())
  return body.success ? body.data.token : null
}

export async function signIn(email: string, password: string, asker: Asker): Promise<SignInOutcome> {
  return enter('/sign-in/email', { email, password }, asker)
}

/** Begins a session by whatever ends in one. */
export async function enter(path: string, body: object, asker: Asker): Promise<SignInOutcome> {
  try {
    const response = await askIdentity(path, { body, asker })
    if (response.status === 429) return { ok: false, reason: 'rate-limited' }
    const session = response.headers.get('set-auth-token')
    if (!response.ok || session === null) {
      const refusal = Refusal.safeParse(await response.json().catch(() => null))
      return { ok: false, reason: response.status >= 500 ? 'unreachable' : 'refused', code: refusal.data?.code }
    }
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

/** Whether anybody may found a tenant here; a gateway that cannot be asked is closed. */
export async function readSignUpPolicy(): Promise<'open' | 'closed'> {
  try {
    const body = z
      .object({ signUp: z.enum(['open', 'closed']) })
      .safeParse(await (await askIdentity('/sign-up')).json())
    return body.success ? body.data.signUp : 'closed'
  } catch {
    return 'closed'
  }
}
