export interface ErasureDecision {
  readonly idempotencyKey: string
  readonly erasureRequestId: string
  readonly reason: string
  readonly planDigest?: string | null
}
