import type { BetterAuthPlugin } from 'better-auth'
import { z } from 'zod'
import { publicEndpoint, SecretToken } from './identity-endpoint.js'
import type { IdentityCore } from './identity-core.js'

const Held = z.object({ token: SecretToken })
const Answer = Held.extend({ answer: z.enum(['confirm', 'decline']) })

/** POST /auth/erasure-identity/read and /answer, for whoever holds the link that was mailed. Reading changes nothing. */
export function challengeEndpoints({ options }: IdentityCore) {
  const { challenges, now } = options
  return {
    id: 'lethe-challenges',
    endpoints: {
      readChallenge: publicEndpoint('/erasure-identity/read', Held, ({ body }) => challenges.read(body.token, now())),
      answerChallenge: publicEndpoint('/erasure-identity/answer', Answer, async ({ body }) => {
        await challenges.answer(body.token, body.answer, now())
        return { ok: true }
      }),
    },
  } satisfies BetterAuthPlugin
}
