import type { AuditOutput } from '@lethe/bus'
import { announce, newId, nextAuditNumber, notify, toJson } from '@lethe/db'
import { type AuditReport, DomainError, type EvidenceEntry, sha256 } from '@lethe/domain'
import { auditReportText } from '@lethe/ledger'
import { applyVerdict } from './apply-verdict.js'
import type { Recording } from './recording.js'

/** An audit is on record with its number and evidence whatever it said; then its verdict has its consequence. */
export async function recordAudit(recording: Recording, output: AuditOutput): Promise<EvidenceEntry[]> {
  const { tx, run, now } = recording
  const { tenantId, requestId, planItemId } = run
  const { report } = output
  if (requestId === null || planItemId === null)
    throw new DomainError('RESULT_MISMATCH', 'The audit belongs to no erasure request.', 'requestId')
  const item = await tx.planItem.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id: planItemId } } })
  const request = await tx.erasureRequest.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id: requestId } } })
  if (run.modelVersionId === null || report.policyDigest !== request.policyDigest)
    throw new DomainError(
      'POLICY_MISMATCH',
      'The audit was not made under the policy that was registered with the plan; it does not count.',
      'output.report.policyDigest',
    )
  const id = newId()
  const number = await nextAuditNumber(tx, tenantId, requestId)
  await tx.audit.create({
    data: {
      id,
      tenantId,
      requestId,
      planItemId,
      number,
      runId: run.id,
      beforeVersionId: item.modelVersionId,
      afterVersionId: run.modelVersionId,
      verdict: report.verdict,
      report: toJson(report),
      createdAt: now,
    },
  })
  await announce(tx, { tenantId, aggregate: 'audit', id, now })
  const { verdict } = report
  await notify(tx, { tenantId, kind: 'audit.completed', requestId, data: { auditId: id, number, verdict }, now })
  const completed = await auditEvidence(
    recording,
    { id, number, beforeVersionId: item.modelVersionId, afterVersionId: run.modelVersionId },
    output,
  )
  const consequence = await applyVerdict(recording, { item, versionId: run.modelVersionId, report })
  return [completed, ...consequence]
}

async function auditEvidence(
  { tx, run }: Recording,
  audit: { id: string; number: number; beforeVersionId: string; afterVersionId: string },
  { report, provenance }: AuditOutput,
): Promise<EvidenceEntry> {
  const versions = await tx.modelVersion.findMany({
    where: { tenantId: run.tenantId, id: { in: [audit.beforeVersionId, audit.afterVersionId] } },
    select: { id: true, weightsDigest: true },
  })
  return {
    kind: 'audit-completed/v1',
    subjects: [
      ...versions.flatMap(({ id, weightsDigest }) =>
        weightsDigest === null ? [] : [{ name: `model-version/${id}/weights`, digest: { sha256: weightsDigest } }],
      ),
      { name: `audit/${audit.id}/report`, digest: { sha256: sha256(auditReportText(report)) } },
      { name: `audit/${audit.id}/matrices`, digest: { sha256: report.matrices.digest } },
      ...(report.data === undefined
        ? []
        : [{ name: `audit/${audit.id}/data`, digest: { sha256: report.data.digest } }]),
    ],
    ...(run.requestId === null ? {} : { erasureRequestId: run.requestId }),
    predicate: {
      auditId: audit.id,
      number: audit.number,
      runId: run.id,
      before: audit.beforeVersionId,
      after: audit.afterVersionId,
      ...findings(report),
      provenance,
    },
  }
}

/** The report without its histograms, which can be drawn again from the matrices. */
const findings = (report: AuditReport) => ({
  verdict: report.verdict,
  reasons: report.reasons.map(({ code }) => code),
  policy: report.policy,
  policyDigest: report.policyDigest,
  sizes: report.sizes,
  requiredForgetSize: report.requiredForgetSize,
  tests: report.tests.map(({ detail: _prose, ...test }) => test),
  models: report.models,
  limits: report.limits,
})
