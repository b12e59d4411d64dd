import { type EvidenceEntry, stateReason } from '@lethe/domain'
import type { Tx } from '../../database.js'
import { blockErasureRequest, lockErasureRequest } from '../erasure-requests.js'
import { cancelRun } from '../runs.js'

/**
 * Requests with work under way on versions that go: what they would come to could never serve. Those that have their
 * candidate from the same run only wait for their own audit, for which the version is kept until then.
 */
export async function findSupersededRequests(
  tx: Tx,
  input: { tenantId: string; requestId: string; doomed: readonly string[] },
): Promise<string[]> {
  const items = await tx.planItem.findMany({
    where: {
      tenantId: input.tenantId,
      requestId: { not: input.requestId },
      modelVersionId: { in: [...input.doomed] },
      state: { in: ['RUNNING', 'AUDITING'] },
    },
    select: { requestId: true, resultVersionId: true },
  })
  const own = await tx.planItem.findMany({
    where: { tenantId: input.tenantId, requestId: input.requestId },
    select: { resultVersionId: true },
  })
  const joint = new Set(own.flatMap(({ resultVersionId }) => resultVersionId ?? []))
  const apart = items.filter(({ resultVersionId }) => resultVersionId === null || !joint.has(resultVersionId))
  return [...new Set(apart.map(({ requestId }) => requestId))]
}

/** Stops that work and blocks the request, which has to plan anew. In a transaction of its own, for it takes that request's lock. */
export async function supersedePlan(
  tx: Tx,
  input: { tenantId: string; requestId: string; doomed: readonly string[]; now: Date },
): Promise<{ evidence: EvidenceEntry[] }> {
  const { tenantId, requestId, doomed, now } = input
  await lockErasureRequest(tx, tenantId, requestId)
  const items = await tx.planItem.findMany({
    where: {
      tenantId,
      requestId,
      modelVersionId: { in: [...doomed] },
      state: { in: ['RUNNING', 'AUDITING'] },
    },
  })
  if (items.length === 0) return { evidence: [] }
  for (const { id } of items) {
    await tx.planItem.update({ where: { tenantId_id: { tenantId, id } }, data: { state: 'FAILED' } })
    const runs = await tx.run.findMany({
      where: { tenantId, planItemId: id, state: { in: ['QUEUED', 'RUNNING'] } },
      select: { id: true },
    })
    for (const run of runs) await cancelRun(tx, { tenantId, runId: run.id, now })
  }
  return blockErasureRequest(tx, {
    tenantId,
    requestId,
    code: 'SUPERSEDED',
    reason: stateReason('plan-superseded', {}),
    now,
  })
}
