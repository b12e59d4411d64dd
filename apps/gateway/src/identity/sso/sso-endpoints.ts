import type { BetterAuthPlugin } from 'better-auth'
import { createAuthEndpoint } from 'better-auth/api'
import { setSessionCookie } from 'better-auth/cookies'
import { z } from 'zod'
import { answering, publicEndpoint, SecretToken } from '../identity-endpoint.js'
import type { IdentityCore } from '../identity-core.js'
import type { ssoSignInOf } from './sso-sign-in.js'

const Ending = z.object({
  /** Query string with which the provider sent the browser back. */
  query: z.string().max(8192),
  binding: SecretToken,
})

/** POST /auth/sso/begin and /auth/sso/finish. The session that comes of it is bound to the provider's tenant. */
export function ssoEndpoints({ options }: IdentityCore, signIn: ReturnType<typeof ssoSignInOf>) {
  return {
    id: 'lethe-sso',
    endpoints: {
      beginSso: publicEndpoint('/sso/begin', z.object({ email: z.email().max(254) }), ({ body }) =>
        signIn.begin(body.email, options.now()),
      ),
      finishSso: createAuthEndpoint('/sso/finish', { method: 'POST', body: Ending }, async (context) => {
        const { query, binding } = context.body
        const { userId, tenantId, providerId } = await answering(() => signIn.finish(query, binding, options.now()))
        const { internalAdapter } = context.context
        const session = await internalAdapter.createSession(userId, false, {
          activeOrganizationId: tenantId,
          boundTenantId: tenantId,
          ssoProviderId: providerId,
        })
        const user = await internalAdapter.findUserById(userId)
        if (user !== null) await setSessionCookie(context, { session, user })
        return context.json({ token: session.token })
      }),
    },
  } satisfies BetterAuthPlugin
}
