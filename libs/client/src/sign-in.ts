import { LetheError } from './lethe-error.js'
import { assertOk } from './transport.js'

const renewBeforeMs = 60_000

/**
 * Signs a person in at the gateway's own identity provider. Programs use an API key instead.
 *
 * @returns what gives a token that is valid now, for {@link ClientOptions}
 */
export async function signIn(
  url: string,
  person: { readonly email: string; readonly password: string },
  request: typeof fetch = fetch,
): Promise<(renew?: boolean) => Promise<string>> {
  const response = await request(new URL('/auth/sign-in/email', url), {
    method: 'POST',
    // The identity provider refuses a sign-in that does not say where it comes from.
    headers: { 'content-type': 'application/json', origin: new URL(url).origin },
    body: JSON.stringify(person),
  })
  await assertOk(response)
  const session = response.headers.get('set-auth-token')
  await response.body?.cancel()
  if (session === null) throw new LetheError('ANSWER_INVALID', 'The gateway gave no session.')
  let held: { readonly token: string; readonly expiresAtMs: number } | null = null
  return async (renew = false) => {
    if (!renew && held !== null && held.expiresAtMs - renewBeforeMs > Date.now()) return held.token
    const headers = { authorization: `Bearer ${session}` }
    const issued = await assertOk(await request(new URL('/auth/token', url), { headers }))
    const { token } = (await issued.json()) as { token: string }
    held = { token, expiresAtMs: expiryOf(token) }
    return token
  }
}

/** Milliseconds since 1970 at which a JWT ends. */
function expiryOf(token: string): number {
  const payload = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')
  return (JSON.parse(atob(payload)) as { exp: number }).exp * 1000
}
