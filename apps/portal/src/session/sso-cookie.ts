import { z } from 'zod'

/** Binds a sign-in at an identity provider to the browser that began it. */
export const ssoCookie = 'lethe_sso'
export const ssoMinutes = 10

const Held = z.object({ binding: z.string(), target: z.string() })
export type HeldSso = z.infer<typeof Held>

export const writeSso = (held: HeldSso): string => Buffer.from(JSON.stringify(held)).toString('base64url')

export function readSso(cookie: string | undefined): HeldSso | null {
  try {
    const held = Held.safeParse(JSON.parse(Buffer.from(cookie ?? '', 'base64url').toString('utf8')))
    return held.success ? held.data : null
  } catch {
    return null
  }
}
