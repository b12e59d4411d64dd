import { beginAudit } from '@lethe/db'
import type { EvidenceEntry } from '@lethe/domain'
import type { Recording } from './recording.js'

/**
 * After one of an item's trainings has succeeded: when it was the last one, the audit begins. An item that failed in
 * another of its runs waits for a retry. The caller holds the request.
 */
export async function advancePlanItem({ tx, run, now }: Recording): Promise<EvidenceEntry[]> {
  const { tenantId, planItemId } = run
  if (planItemId === null) return []
  const item = await tx.planItem.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id: planItemId } } })
  if (item.state !== 'RUNNING' || item.resultVersionId === null) return []
  const [unfinished, candidate] = await Promise.all([
    tx.run.count({ where: { tenantId, planItemId, kind: 'unlearn', state: { in: ['QUEUED', 'RUNNING'] } } }),
    tx.modelVersion.findUnique({ where: { tenantId_id: { tenantId, id: item.resultVersionId } } }),
  ])
  if (unfinished === 0 && candidate?.state === 'READY') await beginAudit(tx, { item, now })
  return []
}
