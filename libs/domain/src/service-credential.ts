import { z } from 'zod'

/** Services that call another one over HTTP. */
export const CallingService = z.enum(['embedding'])
export type CallingService = z.infer<typeof CallingService>

/** `iss` and `sub` of a service's credential: a JWT that it signs itself (RFC 7523, section 3) with its own Ed25519 key. */
export const issuerOfService = (service: CallingService): string => `https://lethe.dev/services/${service}`

/** `aud` of a credential for the gateway. Each service that is called has one of its own, so that none is of use elsewhere. */
export const gatewayAudience = 'https://lethe.dev/services/gateway'

/** A credential lives for at most so long. */
export const SERVICE_CREDENTIAL_SECONDS = 120

/** Answer to the question whether a token holds (RFC 7662). */
export const Introspection = z.union([
  z.object({ active: z.literal(false) }),
  z.object({
    active: z.literal(true),
    sub: z.string().min(1),
    tenant: z.uuid(),
    role: z.string(),
    /** Seconds since 1970. */
    exp: z.number(),
  }),
])
export type Introspection = z.infer<typeof Introspection>
