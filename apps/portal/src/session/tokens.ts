import { z } from 'zod'

/** Names of the httpOnly cookies that hold what a browser's scripts must never see. */
export const sessionCookie = 'lethe_session'
export const tokenCookie = 'lethe_token'

/** Seconds before its end at which a token counts as used up. */
const marginSeconds = 30

const Claims = z.object({ exp: z.number() })

/** Reads a JWT's claims without verifying them: the gateway verifies; here they only say when to ask for a new one. */
function readClaims(token: string): z.infer<typeof Claims> | null {
  const payload = token.split('.')[1]
  if (payload === undefined) return null
  try {
    const parsed = Claims.safeParse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}

export function isFresh(token: string | undefined, nowMs: number): token is string {
  if (token === undefined) return false
  const claims = readClaims(token)
  return claims !== null && claims.exp - marginSeconds > nowMs / 1000
}
