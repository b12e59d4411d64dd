import { beginAudit, jointItems, openItems } from '@lethe/db'
import type { EvidenceEntry } from '@lethe/domain'
import type { Recording } from './recording.js'

/**
 * After one of an item's trainings has succeeded: when it was the last one, the audit begins, one for each request that
 * waits for this candidate. An item that failed in another of its runs waits for a retry. The caller holds the requests.
 */
export async function advancePlanItem({ tx, run, now }: Recording): Promise<EvidenceEntry[]> {
  const { tenantId, planItemId } = run
  if (planItemId === null) return []
  const item = await tx.planItem.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id: planItemId } } })
  if (item.state !== 'RUNNING' || item.resultVersionId === null) return []
  const joint = await jointItems(tx, item)
  const [unfinished, candidate] = await Promise.all([
    tx.run.count({
      where: {
        tenantId,
        planItemId: { in: joint.map(({ id }) => id) },
        kind: 'unlearn',
        state: { in: ['QUEUED', 'RUNNING'] },
      },
    }),
    tx.modelVersion.findUnique({ where: { tenantId_id: { tenantId, id: item.resultVersionId } } }),
  ])
  if (unfinished > 0 || candidate?.state !== 'READY') return []
  for (const each of await openItems(tx, joint)) if (each.state === 'RUNNING') await beginAudit(tx, { item: each, now })
  return []
}
