import { z } from 'zod'
import { Role } from '../roles.js'
import { Code, Commitment, Instant, Ordinal, Uuid } from './parts.js'

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

export const SsoChangeKind = z.enum(['registered', 'replaced', 'domain-proven', 'removed'])

/**
 * By whose word people are signed in. Domains and issuers may name a person, so they are committed to: equal ones show,
 * and the tenant, which knows them, can have them confirmed.
 */
export const SsoProviderChanged = z.strictObject({
  change: SsoChangeKind,
  providerId: Uuid,
  issuer: Commitment,
  /** Whose addresses it speaks for, from domain-proven on. */
  domain: Commitment,
  /** What people become who were never invited; null: they are refused. */
  newcomerRole: Role.nullable(),
  /** Null where it was done past the API. */
  changedBy: Commitment.nullable(),
  effectiveAt: Instant,
})

/** Where notices go; nothing of the key that signs them. */
export const WebhookChanged = z.strictObject({
  change: z.enum(['created', 'changed', 'secret-rotated', 'removed']),
  webhookId: Uuid,
  /** The whole address: its path may be a secret, its host may name a person. */
  target: Commitment,
  /** Kinds of notices that it is told of. */
  kinds: z.array(Code),
  enabled: z.boolean(),
  changedBy: Commitment,
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
