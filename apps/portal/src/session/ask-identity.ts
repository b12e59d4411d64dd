import type { NextRequest } from 'next/server'
import { isPeerAppended } from '@/session/append-peer'
import { gatewayUrl } from '@/session/env'

const timeoutMs = 15_000

/** For whom this server asks: the gateway's limits count browsers, and its mails speak their language. */
export interface Asker {
  /** Ends in the address that this server saw; what stands before it is believed of proxies that the gateway trusts. */
  readonly forwardedFor: string | null
  readonly language: string | null
}

export const askerOf = (request: NextRequest, language: string | null = null): Asker => ({
  // Without that address it would be what the browser says of itself.
  forwardedFor: isPeerAppended() ? request.headers.get('x-forwarded-for') : null,
  language: language ?? request.headers.get('accept-language'),
})

/** One call of the gateway's identity provider. @throws when it does not answer */
export async function askIdentity(
  path: string,
  init: { session?: string; body?: unknown; asker?: Asker } = {},
): Promise<Response> {
  const base = gatewayUrl()
  const { session, body, asker } = init
  return fetch(`${base}/auth${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      origin: new URL(base).origin,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(session === undefined ? {} : { authorization: `Bearer ${session}` }),
      ...(asker?.forwardedFor ? { 'x-forwarded-for': asker.forwardedFor } : {}),
      ...(asker?.language ? { 'accept-language': asker.language } : {}),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(timeoutMs),
    cache: 'no-store',
  })
}
