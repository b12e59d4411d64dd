import { z } from 'zod'
import { AuditPolicy, Verdict } from '../audit.js'
import { ErasureAction, ErasureThingKind } from '../erasure-closure.js'
import { ErasureRelation, ErasureState, IdentityMethod, RejectionCode } from '../erasure-request.js'
import { UnlearningRecipe } from '../recipe/index.js'
import { Role } from '../roles.js'
import { ClockBasis, ClockEvent } from '../clock-event.js'
import { ClockStep } from '../clock-sum.js'
import { ContractTerms } from '../contract-terms.js'
import { ClockState, DeadlineKind } from '../sla-clock.js'
import { StatuteId } from '../statutes.js'
import { Code, Commitment, Count, Instant, Ordinal, Seconds, Sha256, Uuid } from './parts.js'

export const ErasureRequested = z.strictObject({
  number: Ordinal,
  /** The person, committed to with their own salt (commitToSubject). */
  subjectCommitment: Commitment,
  /** The frozen forget set, committed to with the same salt (commitToForgetSet). */
  forgetSetCommitment: Commitment,
  forgetCount: Ordinal,
  statuteId: StatuteId,
  receivedAt: Instant,
  dueAt: Instant,
  /** Open requests that ask for the same, as found when this one came in; each is verified by itself. */
  related: z
    .array(z.strictObject({ erasureRequestId: Uuid, relation: ErasureRelation, sharedCount: Count }))
    .optional(),
})

export const IdentityCheckBegun = z.strictObject({
  method: IdentityMethod,
  /** There is reasonable doubt about who asks. */
  inDoubt: z.boolean(),
  /** Whether the clock stands still until identity is confirmed: where there is doubt and the statute allows it. */
  clockPaused: z.boolean(),
  begunBy: Commitment,
})

/** By whom and how; never the document. */
export const IdentityVerified = z.strictObject({
  /** Where a mailed link was confirmed: who had it sent. */
  verifiedBy: Commitment,
  method: IdentityMethod.optional(),
  /** The link that was confirmed. Missing: somebody says that identity was shown. */
  challengeId: Uuid.optional(),
})

/** Neither the address nor anything of the link. A link that is sent takes the place of one before. */
export const IdentityChallengeChanged = z.strictObject({
  change: z.enum(['sent', 'declined', 'cancelled']),
  challengeId: Uuid,
  expiresAt: Instant,
  /** Null: whoever held the link. */
  changedBy: Commitment.nullable(),
})

const PlannedItem = z.strictObject({
  modelVersionId: Uuid,
  /** RETIRE is what DESTROY was called at first. */
  action: z.enum(['UNLEARN', 'RETRAIN', 'RETIRE', 'DESTROY', 'RETAIN']),
  learnedCount: Count,
  /** Null where nothing is trained. */
  unlearning: UnlearningRecipe.nullable(),
  /** Run beside it for the audit. */
  comparisons: z.array(UnlearningRecipe),
  /** Estimates are no promise and not part of the plan's digest. */
  estimateSeconds: Seconds.nullable(),
  retrainEstimateSeconds: Seconds.nullable(),
  /** Two-sided prediction interval of estimateSeconds; null while a single training is known. */
  estimateInterval: z.tuple([Seconds, Seconds]).nullable().optional(),
  /** By what law a version that remembers is kept. */
  basis: z.string().min(1).max(500).optional(),
})

/** The pre-registration: what will be done to what, and by what the audit will judge. */
export const ErasurePlanned = z.strictObject({
  planDigest: Sha256,
  forgetSetCommitment: Commitment,
  policy: AuditPolicy,
  policyDigest: Sha256,
  /** Runs of earlier plans of the request. */
  earlierRuns: Count,
  items: z.array(PlannedItem),
  /** Everything that derives from the forget set: data, versions in whatever state, lists, traces, and what is kept. */
  things: z.array(
    z.strictObject({
      thing: ErasureThingKind,
      id: Uuid,
      action: ErasureAction,
      /** Why it is kept. */
      basis: z.string().min(1).max(500).optional(),
    }),
  ),
})

export const ErasureApproved = z.strictObject({
  approval: Ordinal,
  required: Ordinal,
  approvedBy: Commitment,
  role: Role,
  /** Whoever raised the request gave this person the role. */
  appointedByRequester: z.literal(true).optional(),
})

export const ErasureBatched = z.strictObject({
  batchId: Uuid,
  /** Requests of the batch as it is now; one alone where it goes its own way again. */
  members: z.array(z.strictObject({ erasureRequestId: Uuid, forgetSetCommitment: Commitment })).min(1),
  /** Versions that are made to forget all of these sets in one run. */
  modelVersionIds: z.array(Uuid),
})

export const ErasureClosed = z.strictObject({
  outcome: z.enum(['FULFILLED', 'REJECTED', 'WITHDRAWN']),
  /** Every audit of the request, so that a missing one shows. */
  audits: z.array(z.strictObject({ number: Ordinal, verdict: Verdict })),
  clock: ClockState,
  dueAt: Instant,
  closedBy: Commitment.optional(),
  /** Of a rejection. */
  reasonCode: RejectionCode.optional(),
})

/** The reason may quote what a person wrote, so only its code is on record. */
export const ErasureBlocked = z.strictObject({ from: ErasureState, code: Code })

export const ClockTermsSet = z.strictObject({
  statuteId: StatuteId,
  timeZone: ClockBasis.shape.timeZone,
  holidays: ClockBasis.shape.holidays,
  /** The newest, where there are any. */
  terms: ContractTerms.optional(),
  setBy: Commitment,
})

export const RequestListFetched = z.strictObject({
  statuteId: StatuteId,
  fetchedAt: Instant,
  nextDueAt: Instant,
  recordedBy: Commitment,
})

/**
 * Everything that readClock needs to find the due date again, but for the reasons, which may name a person. After a
 * change of rule the members of the basis are those of the new rule.
 */
export const ClockChanged = z.strictObject({
  ...ClockBasis.omit({ terms: true }).shape,
  /** Of a contract. */
  terms: ContractTerms.optional(),
  /** Null where only time had passed. */
  event: ClockEvent.pick({ kind: true, at: true, count: true }).nullable(),
  state: ClockState,
  dueAt: Instant,
  steps: z.array(ClockStep.pick({ code: true, day: true })),
  /** Where the rule asks for more than an answer: the other dates. */
  deadlines: z.array(z.strictObject({ kind: DeadlineKind, dueAt: Instant, state: ClockState })).optional(),
})
