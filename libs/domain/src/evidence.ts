import { z } from 'zod'
import type { evidencePredicates } from './evidence/predicates.js'

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
  /** The person's identity began to be looked into, and whether that stops the clock. */
  'identity-check-begun/v1',
  /** The person's identity was confirmed. */
  'identity-verified/v1',
  /** What will be done to what, and the audit's policy, before anything runs (pre-registration). */
  'erasure-planned/v1',
  /** One person approved the plan. */
  'erasure-approved/v1',
  /** Requests are to be unlearned in one run, each with an audit of its own; or one of them left. */
  'erasure-batched/v1',
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
  /** A clock started, was acknowledged, paused, resumed, extended, moved to another rule or stopped, or became late. */
  'clock-changed/v1',
  /** A data owner's own audit was shown to the platform, which found its signature and digests in order. */
  'owner-audit-countersigned/v1',
  /** What a settled run cost, beside what retraining costs: measured, or estimated with an interval. */
  'cost-recorded/v1',
  /** Every descendant of the forgotten samples with its state, before a request is closed. */
  'closure-assessed/v1',
  /** One store deleted what it had to delete, and its absence was verified: the receipt. */
  'data-deleted/v1',
  /** A pack without the forgotten samples took the place of the one that held them. */
  'dataset-redacted/v1',
  /** The salt of a data subject was destroyed: commitments to this subject can no longer be opened. */
  'subject-shredded/v1',
  /** A new key signs the log; earlier checkpoints stay valid under the keys that signed them. */
  'log-key-rotated/v1',
  /** An external auditor noted something about a request. */
  'auditor-finding/v1',
  /** An external auditor accepted or rejected what a request has on record. */
  'auditor-signed-off/v1',
  /** By what a tenant's clocks count from now on: rule, terms, time zone, holidays. Running clocks keep theirs. */
  'clock-terms-set/v1',
  /** The list of requests that a rule asks to be fetched every so often was fetched, and by when it is due again. */
  'request-list-fetched/v1',
  /** A person joined a tenant, left it, or has another role there: who could approve when. */
  'member-changed/v1',
  /** An API key was made or revoked. */
  'api-key-changed/v1',
  /** An external auditor was let into cases for a time, or access was taken back. */
  'auditor-access-changed/v1',
  /** The platform made, suspended or resumed a tenant, or changed its bounds. */
  'tenant-changed/v1',
  /** A tenant's own identity provider was registered, replaced, shown to speak for a domain, or removed. */
  'sso-provider-changed/v1',
  /** A webhook was added, changed or removed, or its key rotated: where notices went when. */
  'webhook-changed/v1',
  /** A link to confirm a request was mailed to the person, taken back, or answered with a no. */
  'identity-challenge-changed/v1',
])
export type EvidenceKind = z.infer<typeof EvidenceKind>

/** A digest-named thing that a statement is about (in-toto "subject"; never a person). */
export interface EvidenceSubject {
  readonly name: string
  readonly digest: { readonly sha256: string }
}

/** Of each kind, what its predicate holds besides `recorded`. */
export type EvidencePredicate<Kind extends EvidenceKind = EvidenceKind> = z.infer<(typeof evidencePredicates)[Kind]>

/** What an aggregate hands to the ledger. Never personal data, not even hashed: people and forget sets by commitment. */
export type EvidenceEntry = {
  readonly [Kind in EvidenceKind]: {
    readonly kind: Kind
    readonly subjects: readonly EvidenceSubject[]
    /** JSON object; serialised by RFC 8785 before it is hashed. */
    readonly predicate: EvidencePredicate<Kind>
    readonly erasureRequestId?: string
  }
}[EvidenceKind]

/** predicateType URI of a kind. */
export const predicateType = (kind: EvidenceKind): string => `https://lethe.dev/evidence/${kind}`
