import { z } from 'zod'

const Env = z.object({
  /** Where the gateway answers, without a trailing slash. */
  GATEWAY_URL: z.url().default('http://127.0.0.1:4000'),
})

/** Read on use, so that a build needs no environment. */
export const gatewayUrl = (): string => Env.parse(process.env).GATEWAY_URL.replace(/\/+$/, '')

/** Set by Next.js; a build replaces it with a constant. */
export const isDevelopment = process.env.NODE_ENV === 'development'

/** Not at the edge, where there are no connections to look at. */
export const isNode = process.env.NEXT_RUNTIME === 'nodejs'
