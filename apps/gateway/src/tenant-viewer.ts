import type { TenantId } from '@lethe/domain'
import type { TokenHolder } from './identity/verify-token.js'

/** What an external auditor may look into, while at least one of their grants holds. */
export interface AuditedCases {
  /** Erasure requests of the grants that hold now. */
  readonly requestIds: readonly string[]
  /** When the last of these grants ends; null where none holds. */
  readonly until: Date | null
  /** None holds, and there was one. */
  readonly hasEnded: boolean
}

/** What the platform says of a tenant, beside the tenant's own rows. */
export interface TenantStanding {
  /** A suspended tenant is read-only. */
  readonly isSuspended: boolean
  /** Of all of the tenant's callers together; null: the platform's default. */
  readonly requestsPerMinute: number | null
}

/** Who calls: a person or a key of theirs, with the rights that they have at this moment, whatever their token says. */
export interface SignedIn extends TokenHolder {
  readonly via: 'session' | 'api-key'
  /** Of the API key that was sent. */
  readonly keyId: string | null
  /** What this key may send; null without a key, and for a key without a bound of its own. */
  readonly keyRequestsPerMinute: number | null
  /** Null for a platform admin. */
  readonly tenant: TenantStanding | null
  /** Of an auditor; null for everybody else. An auditor without a grant that holds has no requests here. */
  readonly cases: AuditedCases | null
}

/** Somebody who is signed in as a member of a tenant. */
export type TenantViewer = SignedIn & { readonly tenantId: TenantId; readonly tenant: TenantStanding }
