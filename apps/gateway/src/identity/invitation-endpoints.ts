import type { BetterAuthPlugin } from 'better-auth'
import { z } from 'zod'
import { publicEndpoint, SecretToken } from './identity-endpoint.js'
import type { IdentityCore } from './identity-core.js'
import { invitationsOf } from './invitations.js'
import { Credentials } from './settle-person.js'

const Held = z.object({ token: SecretToken })
const Acceptance = Held.extend(Credentials.partial().shape)

/** POST /auth/invitation/read and /auth/invitation/accept, for whoever holds the token that was mailed. */
export function invitationEndpoints(core: IdentityCore) {
  const { now } = core.options
  const invitations = invitationsOf(core)
  return {
    id: 'lethe-invitations',
    endpoints: {
      readInvitation: publicEndpoint('/invitation/read', Held, async ({ body }) => {
        const { tenantName, email, role, isNew } = await invitations.read(body.token, now())
        return { tenantName, email, role, isNew }
      }),
      acceptInvitation: publicEndpoint('/invitation/accept', Acceptance, async ({ body }) => {
        const { token, ...chosen } = body
        const credentials = Credentials.safeParse(chosen)
        const { isNew } = await invitations.accept(token, credentials.data, now())
        return { isNew }
      }),
    },
  } satisfies BetterAuthPlugin
}
