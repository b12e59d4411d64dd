import {
  beginErasing,
  blockErasureRequest,
  jointItems,
  openItems,
  type PlanItem,
  promoteModelVersion,
  retireModelVersion,
  type Tx,
} from '@lethe/db'
import {
  type AuditReport,
  type EvidenceEntry,
  isDomainError,
  saidOf,
  stateReason,
  type StateReason,
} from '@lethe/domain'
import type { Recording } from './recording.js'

/**
 * What follows from an audit. PASS: the candidate takes its parent's place, and with the last item the request begins to
 * erase. Anything else: the candidate is rejected, the request is blocked with the reason, and its clock keeps running. A
 * candidate that several requests wait for takes the place only once every one's audit has passed; the first that does not
 * pass stops them all, and the others are told for whom. The caller holds the requests.
 */
export async function applyVerdict(
  recording: Recording,
  input: { item: PlanItem; versionId: string; report: AuditReport },
): Promise<EvidenceEntry[]> {
  const { tx } = recording
  const { item, versionId, report } = input
  const { tenantId } = item
  const joint = await openItems(tx, await jointItems(tx, item))
  const isOpen = joint.some(({ id }) => id === item.id)
  if (joint.length === 0) await rejectVersion(tx, tenantId, versionId)
  // Closed, or stopped for another's sake: the audit is on record, and nothing follows from it.
  if (!isOpen) return concludeIfPassed(recording, { joint, versionId })
  if (item.state !== 'AUDITING') return []
  if (report.verdict === 'PASS') return concludeIfPassed(recording, { joint, versionId })
  await rejectVersion(tx, tenantId, versionId)
  const [why] = report.reasons
  return failJoint(recording, {
    item,
    joint,
    code: `AUDIT_${report.verdict}`,
    reason: stateReason('audit-verdict', {
      verdict: report.verdict,
      code: why?.code ?? null,
      message: why?.message ?? null,
    }),
  })
}

/** Nothing while one of the open items has no passed audit of this candidate. */
export async function concludeIfPassed(
  recording: Recording,
  { joint, versionId }: { joint: readonly PlanItem[]; versionId: string },
): Promise<EvidenceEntry[]> {
  const { tx } = recording
  const [first] = joint
  if (first === undefined || joint.some(({ state }) => state !== 'AUDITING')) return []
  const passed = await tx.audit.findMany({
    where: { tenantId: first.tenantId, afterVersionId: versionId, verdict: 'PASS' },
    select: { planItemId: true },
  })
  const ids = new Set(passed.map(({ planItemId }) => planItemId))
  if (joint.some(({ id }) => !ids.has(id))) return []
  const replaced = await replaceParent(recording, first, versionId)
  if (!replaced.ok) {
    await rejectVersion(tx, first.tenantId, versionId)
    const entries: EvidenceEntry[] = []
    for (const item of joint) entries.push(...(await failItem(recording, item, replaced)))
    return entries
  }
  const entries = [...replaced.evidence]
  for (const item of joint) entries.push(...(await finishItem(recording, item)))
  return entries
}

async function finishItem({ tx, now }: Recording, item: PlanItem): Promise<EvidenceEntry[]> {
  const { tenantId, requestId } = item
  await tx.planItem.update({ where: { tenantId_id: { tenantId, id: item.id } }, data: { state: 'DONE' } })
  const rest = await tx.planItem.count({ where: { tenantId, requestId, state: { not: 'DONE' } } })
  const request = await tx.erasureRequest.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id: requestId } } })
  if (rest > 0 || request.state !== 'AUDITING') return []
  return (await beginErasing(tx, { tenantId, requestId, now })).evidence
}

/** The item failed, and with it those that have the same candidate: they are told which request it was. */
export async function failJoint(
  recording: Recording,
  input: { item: PlanItem; joint: readonly PlanItem[]; code: string; reason: StateReason },
): Promise<EvidenceEntry[]> {
  const { item, joint, code, reason } = input
  const { tenantId, requestId } = item
  const { number } = await recording.tx.erasureRequest.findUniqueOrThrow({
    where: { tenantId_id: { tenantId, id: requestId } },
    select: { number: true },
  })
  const entries = await failItem(recording, item, { code, reason })
  for (const other of joint)
    if (other.id !== item.id)
      entries.push(
        ...(await failItem(recording, other, {
          code: 'BATCH_FAILED',
          reason: stateReason('batch-stopped', { number, cause: saidOf(reason) }),
        })),
      )
  return entries
}

const rejectVersion = (tx: Tx, tenantId: string, id: string) =>
  tx.modelVersion.update({ where: { tenantId_id: { tenantId, id } }, data: { state: 'REJECTED' } })

/** The item failed and its request stops; what else runs for the request goes on. */
export async function failItem(
  { tx, now }: Recording,
  item: Pick<PlanItem, 'tenantId' | 'id' | 'requestId'>,
  why: { code: string; reason: StateReason },
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
): Promise<{ ok: true; evidence: EvidenceEntry[] } | { ok: false; code: string; reason: StateReason }> {
  const parent = await tx.modelVersion.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id: parentId } } })
  if (parent.state === 'RETIRED')
    return {
      ok: false,
      code: 'SUPERSEDED',
      reason: stateReason('version-superseded', {}),
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
    const { code, message } = error
    return { ok: false, code, reason: stateReason('version-refused', { code, message }) }
  }
}
