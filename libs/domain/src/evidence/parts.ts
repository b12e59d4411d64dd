import { z } from 'zod'

/** Lower-case hex SHA-256 of bytes that say nothing of a person by themselves. */
export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in lower-case hex')

/** HMAC-SHA-256 in lower-case hex under a key that can be destroyed. */
export const Commitment = z.string().regex(/^[0-9a-f]{64}$/, 'must be an HMAC-SHA-256 in lower-case hex')

export const Uuid = z.uuid()

/** An instant in UTC. */
export const Instant = z.iso.datetime()

/** Stable word for machines, such as AUDIT_RESIDUAL. */
export const Code = z.string().min(1).max(128)

export const Count = z.int().min(0)

/** A number of something that is counted from 1. */
export const Ordinal = z.int().min(1)

export const Seconds = z.number().min(0)

/** SLSA provenance v1, ResourceDescriptor: an artifact by its digest. The URI is `lethe:` and the name of an in-toto subject. */
export const ResourceDescriptor = z.strictObject({
  uri: z.string().regex(/^lethe:[a-z0-9/-]+$/),
  digest: z.strictObject({ sha256: Sha256 }),
  mediaType: z.string().min(1).optional(),
})
