import { AuditPolicy, type ErasureState } from '@lethe/domain'
import type { Tx } from '../database.js'
import { databaseError } from '../errors.js'
import type { PlanItem } from '../generated/client.js'
import { newId } from '../new-id.js'
import { checkpointOf } from './begin-unlearning.js'
import { moveErasureRequest } from './erasure-requests.js'
import { parseExcluded, setsInPack } from './lineage.js'
import { startRun } from './runs.js'

/**
 * Starts the audit of an item whose candidate is trained: before is the parent, after the candidate, and every
 * comparison that was trained is a reference. The request becomes AUDITING unless it is, or is blocked.
 */
export async function beginAudit(tx: Tx, input: { item: PlanItem; now: Date }): Promise<{ runId: string }> {
  const { item, now } = input
  const { tenantId, requestId } = item
  const request = await tx.erasureRequest.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id: requestId } } })
  const before = await loadVersion(tx, tenantId, item.modelVersionId)
  const after = await loadVersion(tx, tenantId, item.resultVersionId)
  const runId = newId()
  const task = {
    version: 1,
    tenantId,
    runId,
    kind: 'audit',
    pack: { digest: after.dataset.packDigest, size: Number(after.dataset.packSize) },
    excluded: await setsInPack(tx, {
      tenantId,
      datasetVersionId: after.datasetVersionId,
      sets: parseExcluded(before.excluded),
    }),
    forget: { digest: request.forgetDigest, size: Number(request.forgetSize) },
    before: checkpointOf(before),
    after: checkpointOf(after),
    recipe: before.recipe,
    method: after.method,
    references: await loadReferences(tx, item),
    policy: AuditPolicy.parse(request.policy),
  } as const
  await startRun(tx, {
    task,
    now,
    requestId,
    planItemId: item.id,
    modelVersionId: after.id,
    datasetVersionId: after.datasetVersionId,
  })
  await tx.planItem.update({ where: { tenantId_id: { tenantId, id: item.id } }, data: { state: 'AUDITING' } })
  if ((request.state as ErasureState) === 'UNLEARNING')
    await moveErasureRequest(tx, { tenantId, requestId, to: 'AUDITING', now })
  return { runId }
}

async function loadVersion(tx: Tx, tenantId: string, id: string | null) {
  const version =
    id &&
    (await tx.modelVersion.findFirst({
      where: { tenantId, id, weightsDigest: { not: null }, destroyedAt: null },
      include: { dataset: { select: { packDigest: true, packSize: true } } },
    }))
  if (!version) throw databaseError('NOT_FOUND', 'The plan names a model version without a checkpoint.', 'plan')
  return version
}

/** The item's trained comparisons, newest of each recipe, named so that a report can show them. */
async function loadReferences(tx: Tx, item: PlanItem) {
  const runs = await tx.run.findMany({
    where: { tenantId: item.tenantId, planItemId: item.id, kind: 'unlearn', state: 'SUCCEEDED' },
    select: { modelVersionId: true },
  })
  const versions = await tx.modelVersion.findMany({
    where: {
      tenantId: item.tenantId,
      id: { in: runs.flatMap(({ modelVersionId }) => modelVersionId ?? []) },
      origin: 'comparison',
      weightsDigest: { not: null },
      destroyedAt: null,
    },
    orderBy: { number: 'desc' },
  })
  const byRecipe = new Map(versions.map((version) => [JSON.stringify(version.unlearning), version]))
  return [...byRecipe.values()]
    .sort((a, b) => a.number - b.number)
    .map((version) => ({
      label: `${version.method} v${version.number}`,
      role: version.method === 'retrain' ? 'retrain' : 'baseline',
      method: version.method,
      checkpoint: checkpointOf(version),
    }))
}
