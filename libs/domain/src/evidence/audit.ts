import { z } from 'zod'
import { AuditPolicy, AuditReport, AuditTest, ModelMeasures, Verdict } from '../audit.js'
import { Provenance } from '../run.js'
import { Code, Commitment, Ordinal, Sha256, Uuid } from './parts.js'

/** The report without its histograms and prose; the report itself is among the subjects by its digest. */
export const AuditCompleted = z.strictObject({
  auditId: Uuid,
  /** Inside the request, from 1 without a gap. */
  number: Ordinal,
  runId: Uuid,
  before: Uuid,
  after: Uuid,
  verdict: Verdict,
  reasons: z.array(Code),
  policy: AuditPolicy,
  policyDigest: Sha256,
  sizes: AuditReport.shape.sizes,
  requiredForgetSize: AuditReport.shape.requiredForgetSize,
  tests: z.array(AuditTest.omit({ detail: true })),
  models: z.array(ModelMeasures),
  /** What the audit does not prove, as stable codes. */
  limits: z.array(Code),
  provenance: Provenance,
})

export const OwnerAuditCountersigned = z.strictObject({
  countersignatureId: Uuid,
  verdict: Verdict,
  statementDigest: Sha256,
  resultDigest: Sha256,
  matricesDigest: Sha256,
  policyDigest: Sha256,
  planDigest: Sha256,
  answersDigest: Sha256,
  tests: z.array(AuditTest.pick({ id: true, outcome: true, optimisedFor: true })),
  /** The tenant's versions that have the weights which the owner's endpoints stated. */
  before: Uuid.nullable(),
  after: Uuid.nullable(),
  /** The key that signed, committed to with the data subject's salt (commitToOwnerKey). */
  ownerKeyCommitment: Commitment,
  presentedBy: Commitment,
})

export const FindingSeverityName = z.enum(['note', 'minor', 'major'])

export const AuditorFinding = z.strictObject({
  number: Ordinal,
  severity: FindingSeverityName,
  /** In the auditor's words, which must name nobody. */
  statement: z.string().min(1).max(2000),
  auditor: Commitment,
})

export const AuditorSignedOff = z.strictObject({
  outcome: z.enum(['accepted', 'rejected']),
  requestOutcome: z.enum(['FULFILLED', 'REJECTED', 'WITHDRAWN']),
  /** Numbers of the findings that were on record then. */
  findings: z.array(Ordinal),
  auditor: Commitment,
})
