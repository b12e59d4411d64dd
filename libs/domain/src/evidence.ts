import { z } from 'zod'

/** Closed union of what can be on record; one line of meaning each. The version is part of the name. */
export const EvidenceKind = z.enum([
  /** A dataset version was frozen: its digest, counts, duplicates and quarantine. */
  'dataset-registered/v1',
  /** A model version was trained: recipe, data digest, provenance, cost, checkpoint digests. */
  'model-trained/v1',
  /** A model version began to serve, or stopped. */
  'model-promoted/v1',
  /** An erasure request came in and its clock started. */
  'erasure-requested/v1',
  /** The person's identity was confirmed. */
  'identity-verified/v1',
  /** What will be done to what, and the audit's policy, before anything runs (pre-registration). */
  'erasure-planned/v1',
  /** One person approved the plan. */
  'erasure-approved/v1',
  /** A model version was made to forget: parent, method, provenance, cost, checkpoint digests. */
  'model-unlearned/v1',
  /** An audit ended, whatever it said. */
  'audit-completed/v1',
  /** The request was closed: fulfilled, rejected or withdrawn. */
  'erasure-closed/v1',
  /** The request stopped and why; it can be resumed. */
  'erasure-blocked/v1',
  /** A run failed or was cancelled for good. */
  'run-ended/v1',
  /** A clock started, paused, resumed, was extended or stopped. */
  'clock-changed/v1',
  /** A data owner's own audit was shown to the platform, which found its signature and digests in order. */
  'owner-audit-countersigned/v1',
])
export type EvidenceKind = z.infer<typeof EvidenceKind>

/** A digest-named thing that a statement is about (in-toto "subject"; never a person). */
export interface EvidenceSubject {
  readonly name: string
  readonly digest: { readonly sha256: string }
}

/** What an aggregate hands to the ledger. Never personal data, not even hashed. */
export interface EvidenceEntry {
  readonly kind: EvidenceKind
  readonly subjects: readonly EvidenceSubject[]
  /** JSON object; serialised by RFC 8785 before it is hashed. */
  readonly predicate: Readonly<Record<string, unknown>>
  readonly erasureRequestId?: string
}

/** predicateType URI of a kind. */
export const predicateType = (kind: EvidenceKind): string => `https://lethe.dev/evidence/${kind}`
