import { z } from 'zod'
import { AuditPolicy, Verdict } from '../audit.js'
import { ErasureAction, ErasureThingKind } from '../erasure-closure.js'
import { ErasureState } from '../erasure-request.js'
import { UnlearningRecipe } from '../recipe/index.js'
import { Role } from '../roles.js'
import { ClockEvent, ClockState, ClockStep } from '../sla-clock.js'
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
})

export const IdentityVerified = z.strictObject({ verifiedBy: Commitment })

const PlannedItem = z.strictObject({
  modelVersionId: Uuid,
  action: z.enum(['UNLEARN', 'RETRAIN', 'RETIRE']),
  learnedCount: Count,
  unlearning: UnlearningRecipe,
  /** Run beside it for the audit. */
  comparisons: z.array(UnlearningRecipe),
  /** Estimates are no promise and not part of the plan's digest. */
  estimateSeconds: Seconds.nullable(),
  retrainEstimateSeconds: Seconds.nullable(),
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
})

export const ErasureClosed = z.strictObject({
  outcome: z.enum(['FULFILLED', 'REJECTED', 'WITHDRAWN']),
  /** Every audit of the request, so that a missing one shows. */
  audits: z.array(z.strictObject({ number: Ordinal, verdict: Verdict })),
  clock: ClockState,
  dueAt: Instant,
  closedBy: Commitment.optional(),
})

/** The reason may quote what a person wrote, so only its code is on record. */
export const ErasureBlocked = z.strictObject({ from: ErasureState, code: Code })

/** Everything that readClock needs to find the due date again, but for the reasons, which may name a person. */
export const ClockChanged = z.strictObject({
  statuteId: StatuteId,
  ruleVersion: Ordinal,
  timeZone: z.string().min(1),
  holidays: z.array(z.iso.date()),
  /** Null where only time had passed. */
  event: ClockEvent.pick({ kind: true, at: true }).nullable(),
  state: ClockState,
  dueAt: Instant,
  steps: z.array(ClockStep.pick({ code: true, day: true })),
})
