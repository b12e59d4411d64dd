import { type EvidenceEntry, UnlearningRecipe } from '@lethe/domain'
import type { Tx } from '../database.js'
import { databaseError } from '../errors.js'
import type { ModelVersion, PlanItem } from '../generated/client.js'
import { newId } from '../new-id.js'
import { announce, toJson } from '../outbox.js'
import { lockErasureRequest, moveErasureRequest } from './erasure-requests.js'
import { countLearned, type ForgetSetRef, forgetSetsOf, parseExcluded, setsInPack } from './lineage.js'
import { nextModelVersionNumber } from './numbers.js'
import { retireModelVersion } from './promotion.js'
import { startRun } from './runs.js'

/**
 * Sets an approved plan going: for each model version to be unlearned a candidate and its run, and one run for each
 * comparison; versions to be destroyed stop serving. The request becomes UNLEARNING.
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
  const { trainable, evidence } = await settleUntrained(tx, { tenantId, requestId, now })
  const runIds: string[] = []
  for (const item of trainable)
    runIds.push(...(await startPlanItems(tx, { items: [item], requestedBy: input.requestedBy, now })))
  if (runIds.length > 0) await moveErasureRequest(tx, { tenantId, requestId, to: 'UNLEARNING', now })
  return { runIds, evidence }
}

/** Does what needs no training; gives the items that need one. The caller holds the request. */
export async function settleUntrained(
  tx: Tx,
  input: { tenantId: string; requestId: string; now: Date },
): Promise<{ trainable: PlanItem[]; evidence: EvidenceEntry[] }> {
  const { tenantId, requestId, now } = input
  const items = await tx.planItem.findMany({ where: { tenantId, requestId, state: 'PENDING' }, orderBy: { id: 'asc' } })
  const evidence: EvidenceEntry[] = []
  const trainable: PlanItem[] = []
  for (const item of items) {
    if (item.action === 'UNLEARN' || item.action === 'RETRAIN') {
      trainable.push(item)
      continue
    }
    const { modelVersionId } = item
    if (item.action !== 'RETAIN')
      evidence.push(...(await retireModelVersion(tx, { tenantId, modelVersionId, decidedBy: 'policy', now })).evidence)
    await tx.planItem.update({ where: { tenantId_id: { tenantId, id: item.id } }, data: { state: 'DONE' } })
  }
  return { trainable, evidence }
}

/**
 * Starts what items of one parent lack, in one run for all of them: a candidate unless `resultVersionId` names one, and
 * those comparisons of which no version is training or trained. Gives the runs that were started; they are on the first
 * item's account.
 *
 * @param input.items of one version and one recipe, each of another request
 */
export async function startPlanItems(
  tx: Tx,
  input: { items: readonly [PlanItem, ...PlanItem[]]; requestedBy?: string | undefined; now: Date },
): Promise<string[]> {
  const { items, now } = input
  const [item] = items
  const { tenantId } = item
  const parent = await loadParent(tx, item)
  const requestIds = items.map(({ requestId }) => requestId)
  const sets = await forgetSetsOf(tx, { tenantId, requestIds })
  const excluded = parseExcluded(parent.excluded)
  const learnedCount = await countLearned(tx, { tenantId, requestIds, version: parent })
  if (learnedCount === 0)
    throw databaseError('PLAN_STALE', `Version ${parent.number} learned from none of these samples; plan anew.`, 'plan')
  const start = (origin: 'unlearn' | 'comparison', unlearning: UnlearningRecipe) =>
    startVersion(tx, {
      item,
      parent,
      sets,
      excluded,
      learnedCount,
      origin,
      unlearning,
      requestedBy: input.requestedBy,
      now,
    })

  const runIds: string[] = []
  let resultVersionId = item.resultVersionId
  if (resultVersionId === null) {
    const candidate = await start('unlearn', UnlearningRecipe.parse(item.unlearning))
    resultVersionId = candidate.versionId
    runIds.push(candidate.runId)
  }
  for (const recipe of await lackingComparisons(tx, items)) runIds.push((await start('comparison', recipe)).runId)
  await tx.planItem.updateMany({
    where: { tenantId, id: { in: items.map(({ id }) => id) } },
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

/** Comparisons of these items, each recipe once, of which no version is training or trained. */
export async function lackingComparisons(
  tx: Tx,
  items: readonly [PlanItem, ...PlanItem[]],
): Promise<UnlearningRecipe[]> {
  const present = await usableComparisons(tx, items)
  const recipes = items.flatMap(({ comparisons }) => UnlearningRecipe.array().parse(comparisons))
  const byText = new Map(recipes.map((recipe) => [JSON.stringify(recipe), recipe]))
  return [...byText].flatMap(([text, recipe]) => (present.has(text) ? [] : [recipe]))
}

/** Recipes of these items' comparisons that have a version already, training or trained. */
async function usableComparisons(tx: Tx, items: readonly [PlanItem, ...PlanItem[]]): Promise<Set<string>> {
  const [{ tenantId }] = items
  const runs = await tx.run.findMany({
    where: { tenantId, planItemId: { in: items.map(({ id }) => id) }, kind: 'unlearn', modelVersionId: { not: null } },
    select: { modelVersionId: true },
  })
  const versions = await tx.modelVersion.findMany({
    where: {
      tenantId,
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
    /** What is forgotten; the first is the item's own. */
    sets: readonly [ForgetSetRef, ...ForgetSetRef[]]
    excluded: readonly ForgetSetRef[]
    learnedCount: number
    origin: 'unlearn' | 'comparison'
    unlearning: UnlearningRecipe
    requestedBy: string | undefined
    now: Date
  },
): Promise<{ versionId: string; runId: string }> {
  const { item, parent, sets, excluded, learnedCount, origin, unlearning, now } = input
  const { tenantId } = item
  const [forget, ...together] = sets
  const versionId = newId()
  const runId = newId()
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
      excluded: toJson([...excluded, ...sets]),
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
    ...(together.length === 0 ? {} : { together }),
    learnedCount,
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
