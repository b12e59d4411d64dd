import type { IdentityMethod, RejectionCode } from '@lethe/domain'

export interface ErasureDecision {
  readonly idempotencyKey: string
  readonly erasureRequestId: string
  readonly reason: string
  readonly planDigest?: string | null
  readonly method?: IdentityMethod | null
  readonly reasonCode?: RejectionCode | null
}
