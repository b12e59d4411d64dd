import { z } from 'zod'
import { Role } from '../roles.js'
import { Commitment, Instant, Ordinal, Uuid } from './parts.js'

/** Read in order, these say who had which role at any time. */
export const MemberChanged = z.strictObject({
  change: z.enum(['joined', 'role-changed', 'left']),
  member: Commitment,
  /** Null: was no member before, is none now. */
  previousRole: Role.nullable(),
  role: Role.nullable(),
  /** Null where nobody of the tenant did it: by an invitation, or by single sign-on. */
  changedBy: Commitment.nullable(),
  /** When it took effect, which may be a moment before it was recorded. */
  effectiveAt: Instant,
})

/** Nothing by which the key could be found. */
export const ApiKeyChanged = z.strictObject({
  change: z.enum(['created', 'revoked']),
  keyId: Uuid,
  /** Whose rights bound those of the key. */
  member: Commitment,
  role: Role,
  expiresAt: Instant.nullable(),
  changedBy: Commitment,
})

/** The reason may name a person, so it is not on record. */
export const AuditorAccessChanged = z.strictObject({
  change: z.enum(['granted', 'revoked']),
  grantId: Uuid,
  auditor: Commitment,
  erasureRequestIds: z.array(Uuid).min(1),
  expiresAt: Instant,
  changedBy: Commitment,
})

/** Null: no bound. */
export const TenantQuotaRecord = z.strictObject({
  concurrentRuns: Ordinal.nullable(),
  storageBytes: Ordinal.nullable(),
  requestsPerMinute: Ordinal.nullable(),
  members: Ordinal.nullable(),
})

export const TenantChanged = z.strictObject({
  change: z.enum(['created', 'suspended', 'resumed', 'quota-changed']),
  quota: TenantQuotaRecord,
  changedBy: Commitment,
})
