import type { AuditReport } from '@lethe/domain'

export const languages = ['en', 'ja'] as const
export type Language = (typeof languages)[number]

export interface AuditedEndpoint {
  readonly url: string
  /** What the endpoint says of itself; null where it says nothing. */
  readonly weightsDigest: string | null
}

export interface AuditedPictures {
  /** Salted digest of the set: binds the audit to it and tells nobody which pictures they are. */
  readonly commitment: string
  /** Files that were not pictures, or were there twice. */
  readonly leftOut: number
}

/** Where the figures come from, beyond the report itself. Whatever is missing is not shown. */
export interface Provenance {
  /** ISO 8601, UTC. */
  readonly madeAt: string
  /** Program and version. */
  readonly madeBy: string
  readonly endpoints: { readonly before: AuditedEndpoint; readonly after: AuditedEndpoint }
  readonly pictures: {
    readonly forget: AuditedPictures
    readonly heldOut: AuditedPictures
    readonly retain: AuditedPictures | null
  }
  /** Edge of the square that every picture was fitted into. */
  readonly imageSize: number
  readonly answers: { readonly count: number; readonly digest: string }
  readonly resultDigest: string
  /** Verifier key, as whoever checks should have got it by another way. */
  readonly signedBy: string
}

/** A way to check the report oneself. */
export interface CheckStep {
  readonly kind: 'verify' | 'digest' | 'repeat'
  readonly command: string
}

export interface ReportPage {
  readonly report: AuditReport
  /** The safetensors that `report.matrices` names. */
  readonly matrices: Uint8Array
  readonly language: Language
  readonly provenance?: Provenance | undefined
  readonly checks?: readonly CheckStep[] | undefined
}
