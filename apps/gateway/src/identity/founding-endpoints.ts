import type { BetterAuthPlugin } from 'better-auth'
import { createAuthEndpoint } from 'better-auth/api'
import { z } from 'zod'
import { foundingOf } from './founding.js'
import { publicEndpoint, SecretToken } from './identity-endpoint.js'
import type { IdentityCore } from './identity-core.js'
import { Credentials } from './settle-person.js'

const Held = z.object({ token: SecretToken })
/** The same rules as for tenants that a platform admin makes. */
export const TenantNames = z.object({
  name: z.string().trim().min(1).max(100),
  slug: z.string().regex(/^[a-z0-9](-?[a-z0-9]){1,39}$/, 'use 2 to 40 lower-case letters, digits and single hyphens'),
})
const Founding = Held.extend({ ...Credentials.partial().shape, tenant: TenantNames })

/** GET /auth/sign-up says whether the platform is open; POST /auth/sign-up/request, read and complete. Closed platforms refuse all three with SIGN_UP_CLOSED. */
export function foundingEndpoints(core: IdentityCore) {
  const { now } = core.options
  const founding = foundingOf(core)
  return {
    id: 'lethe-founding',
    endpoints: {
      readSignUpPolicy: createAuthEndpoint('/sign-up', { method: 'GET' }, (context) =>
        context.json({ signUp: core.options.signUp }),
      ),
      requestSignUp: publicEndpoint('/sign-up/request', z.object({ email: z.email().max(254) }), async (call) => {
        await founding.request(call.body.email, call.language, now())
        return { ok: true }
      }),
      readSignUp: publicEndpoint('/sign-up/read', Held, ({ body }) => founding.read(body.token, now())),
      completeSignUp: publicEndpoint('/sign-up/complete', Founding, ({ body }) => {
        const { token, tenant, ...chosen } = body
        return founding.complete({ token, tenant, credentials: Credentials.safeParse(chosen).data }, now())
      }),
    },
  } satisfies BetterAuthPlugin
}
