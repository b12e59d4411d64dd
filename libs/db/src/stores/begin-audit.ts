import { AuditPolicy, type ErasureState } from '@lethe/domain'
import type { Tx } from '../database.js'
import { databaseError } from '../errors.js'
import type { PlanItem } from '../generated/client.js'
import { newId } from '../new-id.js'
import { checkpointOf } from './begin-unlearning.js'
import { moveErasureRequest } from './erasure-requests.js'
import { jointItems } from './joint-items.js'
import { countLearned, forgetSetsOf, parseExcluded, setsInPack } from './lineage.js'
import { startRun } from './runs.js'

/**
 * Starts the audit of an item whose candidate is trained: before is the parent, after the candidate, and every
 * comparison that was trained is a reference. What the candidate has forgotten for other requests is left out. The
 * request becomes AUDITING unless it is, or is blocked.
 */
export async function beginAudit(tx: Tx, input: { item: PlanItem; now: Date }): Promise<{ runId: string }> {
  const { item, now } = input
  const { tenantId, requestId } = item
  const request = await tx.erasureRequest.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id: requestId } } })
  const before = await loadVersion(tx, tenantId, item.modelVersionId)
  const after = await loadVersion(tx, tenantId, item.resultVersionId)
  const joint = await jointItems(tx, item)
  const requestIds = [requestId, ...joint.map((each) => each.requestId).filter((id) => id !== requestId)]
  const [forget, ...together] = await forgetSetsOf(tx, { tenantId, requestIds })
  const twinSeed = await findTwinCommitment(tx, tenantId, after.datasetVersionId)
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
    forget,
    ...(together.length === 0 ? {} : { together }),
    learnedCount: await countLearned(tx, { tenantId, requestIds: [requestId], version: before }),
    before: checkpointOf(before),
    after: checkpointOf(after),
    recipe: before.recipe,
    method: after.method,
    references: await loadReferences(tx, joint),
    policy: AuditPolicy.parse(request.policy),
    ...(twinSeed === null ? {} : { twinSeed }),
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

/** The digest by which the seed of the dataset's twins is on record; null where no coins were tossed. */
async function findTwinCommitment(tx: Tx, tenantId: string, datasetVersionId: string): Promise<string | null> {
  const [registered] = await tx.$queryRaw<{ commitment: string | null }[]>`
    SELECT payload #>> '{predicate,twins,commitment}' AS commitment FROM evidence
    WHERE tenant_id = ${tenantId}::uuid AND kind = 'dataset-registered/v1'
      AND payload #>> '{predicate,datasetVersionId}' = ${datasetVersionId}`
  return registered?.commitment ?? null
}

/** The items' trained comparisons, newest of each recipe, named so that a report can show them. */
async function loadReferences(tx: Tx, items: readonly [PlanItem, ...PlanItem[]]) {
  const [{ tenantId }] = items
  const runs = await tx.run.findMany({
    where: { tenantId, planItemId: { in: items.map(({ id }) => id) }, kind: 'unlearn', state: 'SUCCEEDED' },
    select: { modelVersionId: true },
  })
  const versions = await tx.modelVersion.findMany({
    where: {
      tenantId,
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
