import {
  beginErasing,
  blockErasureRequest,
  type PlanItem,
  promoteModelVersion,
  retireModelVersion,
  type Tx,
} from '@lethe/db'
import { type AuditReport, type ErasureState, type EvidenceEntry, isDomainError, isFinal } from '@lethe/domain'
import type { Recording } from './recording.js'

/**
 * What follows from an audit. PASS: the candidate takes its parent's place, and with the last item the request begins to
 * erase. Anything else: the candidate is rejected, the request is blocked with the reason, and
 * its clock keeps running. The caller holds the request.
 */
export async function applyVerdict(
  recording: Recording,
  input: { item: PlanItem; versionId: string; report: AuditReport },
): Promise<EvidenceEntry[]> {
  const { tx, now } = recording
  const { item, versionId, report } = input
  const { tenantId, requestId } = item
  const request = await tx.erasureRequest.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id: requestId } } })
  if (isFinal(request.state as ErasureState)) {
    await rejectVersion(tx, tenantId, versionId)
    return []
  }
  if (report.verdict !== 'PASS') {
    await rejectVersion(tx, tenantId, versionId)
    const why = report.reasons[0]?.message
    return failItem(recording, item, {
      code: `AUDIT_${report.verdict}`,
      reason: `The audit said ${report.verdict}${why === undefined ? '.' : `: ${why}`}`,
    })
  }
  const replaced = await replaceParent(recording, item, versionId)
  if (!replaced.ok) {
    await rejectVersion(tx, tenantId, versionId)
    return failItem(recording, item, replaced)
  }
  await tx.planItem.update({ where: { tenantId_id: { tenantId, id: item.id } }, data: { state: 'DONE' } })
  const rest = await tx.planItem.count({ where: { tenantId, requestId, state: { not: 'DONE' } } })
  if (rest > 0 || request.state !== 'AUDITING') return replaced.evidence
  return [...replaced.evidence, ...(await beginErasing(tx, { tenantId, requestId, now })).evidence]
}

const rejectVersion = (tx: Tx, tenantId: string, id: string) =>
  tx.modelVersion.update({ where: { tenantId_id: { tenantId, id } }, data: { state: 'REJECTED' } })

/** The item failed and its request stops; what else runs for the request goes on. */
export async function failItem(
  { tx, now }: Recording,
  item: Pick<PlanItem, 'tenantId' | 'id' | 'requestId'>,
  why: { code: string; reason: string },
): Promise<EvidenceEntry[]> {
  const { tenantId, requestId } = item
  await tx.planItem.update({ where: { tenantId_id: { tenantId, id: item.id } }, data: { state: 'FAILED' } })
  return (await blockErasureRequest(tx, { tenantId, requestId, ...why, now })).evidence
}

/** The candidate serves if its parent did; either way the parent, which remembers, is retired. */
async function replaceParent(
  { tx, now }: Recording,
  { tenantId, modelVersionId: parentId }: PlanItem,
  candidateId: string,
): Promise<{ ok: true; evidence: EvidenceEntry[] } | { ok: false; code: string; reason: string }> {
  const parent = await tx.modelVersion.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id: parentId } } })
  if (parent.state === 'RETIRED')
    return {
      ok: false,
      code: 'SUPERSEDED',
      reason: 'Another version took the place of the one that was unlearned; plan anew.',
    }
  if (parent.state !== 'PRODUCTION') {
    const retired = await retireModelVersion(tx, { tenantId, modelVersionId: parentId, decidedBy: 'policy', now })
    return { ok: true, evidence: retired.evidence }
  }
  try {
    const promoted = await promoteModelVersion(tx, { tenantId, modelVersionId: candidateId, decidedBy: 'policy', now })
    return { ok: true, evidence: promoted.evidence }
  } catch (error) {
    if (!isDomainError(error)) throw error
    return { ok: false, code: error.code, reason: error.message }
  }
}
