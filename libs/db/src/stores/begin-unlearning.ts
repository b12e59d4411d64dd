import { type EvidenceEntry, UnlearningRecipe } from '@lethe/domain'
import type { Tx } from '../database.js'
import { databaseError } from '../errors.js'
import type { ModelVersion, PlanItem } from '../generated/client.js'
import { newId } from '../new-id.js'
import { announce, toJson } from '../outbox.js'
import { lockErasureRequest, moveErasureRequest } from './erasure-requests.js'
import { parseExcluded, setsInPack } from './lineage.js'
import { nextModelVersionNumber } from './numbers.js'
import { retireModelVersion } from './promotion.js'
import { startRun } from './runs.js'

/**
 * Sets an approved plan going: for each model version to be unlearned a candidate and its run, and one run for each
 * comparison; versions to be retired are retired. The request becomes UNLEARNING.
 *
 * Evidence is to be recorded in the same transaction. When nothing has to be unlearned, `runIds` is empty and the request
 * stays APPROVED: let it erase (beginErasing).
 *
 * @throws DomainError NOT_FOUND, ILLEGAL_TRANSITION, PLAN_STALE when a version cannot be unlearned any more
 */
export async function beginUnlearning(
  tx: Tx,
  input: { tenantId: string; requestId: string; requestedBy?: string; now: Date },
): Promise<{ runIds: string[]; evidence: EvidenceEntry[] }> {
  const { tenantId, requestId, now } = input
  await lockErasureRequest(tx, tenantId, requestId)
  const items = await tx.planItem.findMany({ where: { tenantId, requestId, state: 'PENDING' }, orderBy: { id: 'asc' } })
  const runIds: string[] = []
  const evidence: EvidenceEntry[] = []
  for (const item of items) {
    if (item.action === 'RETIRE') {
      const { modelVersionId } = item
      evidence.push(...(await retireModelVersion(tx, { tenantId, modelVersionId, decidedBy: 'policy', now })).evidence)
      await tx.planItem.update({ where: { tenantId_id: { tenantId, id: item.id } }, data: { state: 'DONE' } })
    } else runIds.push(...(await startPlanItem(tx, { item, requestedBy: input.requestedBy, now })))
  }
  if (runIds.length > 0) await moveErasureRequest(tx, { tenantId, requestId, to: 'UNLEARNING', now })
  return { runIds, evidence }
}

/**
 * Starts what an item lacks: its candidate unless `resultVersionId` names one, and those comparisons of which no version
 * is training or trained. Gives the runs that were started.
 */
export async function startPlanItem(
  tx: Tx,
  input: { item: PlanItem; requestedBy?: string | undefined; now: Date },
): Promise<string[]> {
  const { item, now } = input
  const { tenantId } = item
  const parent = await loadParent(tx, item)
  const request = await tx.erasureRequest.findUniqueOrThrow({
    where: { tenantId_id: { tenantId, id: item.requestId } },
  })
  const forget = { digest: request.forgetDigest, size: Number(request.forgetSize) }
  const present = await usableComparisons(tx, item)
  const comparisons = UnlearningRecipe.array()
    .parse(item.comparisons)
    .filter((recipe) => !present.has(JSON.stringify(recipe)))
  const start = (origin: 'unlearn' | 'comparison', unlearning: UnlearningRecipe) =>
    startVersion(tx, { item, parent, forget, origin, unlearning, requestedBy: input.requestedBy, now })

  const runIds: string[] = []
  let resultVersionId = item.resultVersionId
  if (resultVersionId === null) {
    const candidate = await start('unlearn', UnlearningRecipe.parse(item.unlearning))
    resultVersionId = candidate.versionId
    runIds.push(candidate.runId)
  }
  for (const recipe of comparisons) runIds.push((await start('comparison', recipe)).runId)
  await tx.planItem.update({
    where: { tenantId_id: { tenantId, id: item.id } },
    data: { state: 'RUNNING', resultVersionId },
  })
  return runIds
}

interface Parent extends ModelVersion {
  readonly dataset: { readonly packDigest: string | null; readonly packSize: bigint | null }
}

async function loadParent(tx: Tx, item: PlanItem): Promise<Parent> {
  const parent = await tx.modelVersion.findUnique({
    where: { tenantId_id: { tenantId: item.tenantId, id: item.modelVersionId } },
    include: { dataset: { select: { packDigest: true, packSize: true } } },
  })
  if (!parent) throw databaseError('NOT_FOUND', 'The plan names a model version that does not exist.', 'plan')
  if (parent.state !== 'READY' && parent.state !== 'PRODUCTION')
    throw databaseError(
      'PLAN_STALE',
      `Version ${parent.number} of the plan is ${parent.state} and cannot be unlearned; plan anew.`,
      'plan',
    )
  return parent
}

/** Recipes of this item's comparisons that have a version already, training or trained. */
async function usableComparisons(tx: Tx, item: PlanItem): Promise<Set<string>> {
  const runs = await tx.run.findMany({
    where: { tenantId: item.tenantId, planItemId: item.id, kind: 'unlearn', modelVersionId: { not: null } },
    select: { modelVersionId: true },
  })
  const versions = await tx.modelVersion.findMany({
    where: {
      tenantId: item.tenantId,
      id: { in: runs.flatMap(({ modelVersionId }) => modelVersionId ?? []) },
      origin: 'comparison',
      state: { in: ['TRAINING', 'READY'] },
    },
    select: { unlearning: true },
  })
  return new Set(versions.map(({ unlearning }) => JSON.stringify(UnlearningRecipe.parse(unlearning))))
}

async function startVersion(
  tx: Tx,
  input: {
    item: PlanItem
    parent: Parent
    forget: { digest: string; size: number }
    origin: 'unlearn' | 'comparison'
    unlearning: UnlearningRecipe
    requestedBy: string | undefined
    now: Date
  },
): Promise<{ versionId: string; runId: string }> {
  const { item, parent, forget, origin, unlearning, now } = input
  const { tenantId } = item
  const versionId = newId()
  const runId = newId()
  const excluded = parseExcluded(parent.excluded)
  await tx.modelVersion.create({
    data: {
      id: versionId,
      tenantId,
      modelId: parent.modelId,
      number: await nextModelVersionNumber(tx, tenantId, parent.modelId),
      origin,
      method: unlearning.method,
      parentId: parent.id,
      datasetVersionId: parent.datasetVersionId,
      runId,
      recipe: toJson(parent.recipe),
      unlearning: toJson(unlearning),
      excluded: toJson([...excluded, forget]),
      createdAt: now,
    },
  })
  const task = {
    version: 1,
    tenantId,
    runId,
    kind: 'unlearn',
    pack: { digest: parent.dataset.packDigest, size: Number(parent.dataset.packSize) },
    excluded: await setsInPack(tx, { tenantId, datasetVersionId: parent.datasetVersionId, sets: excluded }),
    forget,
    parent: checkpointOf(parent),
    recipe: parent.recipe,
    unlearning,
  } as const
  await startRun(tx, {
    task,
    now,
    requestId: item.requestId,
    planItemId: item.id,
    modelVersionId: versionId,
    datasetVersionId: parent.datasetVersionId,
    requestedBy: input.requestedBy,
  })
  await announce(tx, { tenantId, aggregate: 'model', id: parent.modelId, now })
  return { versionId, runId }
}

/** CheckpointRef of a version that has one. */
export const checkpointOf = (
  version: Pick<ModelVersion, 'weightsDigest' | 'weightsSize' | 'stateDigest' | 'stateSize'>,
): { weights: { digest: string | null; size: number }; state: { digest: string | null; size: number } } => ({
  weights: { digest: version.weightsDigest, size: Number(version.weightsSize) },
  state: { digest: version.stateDigest, size: Number(version.stateSize) },
})
