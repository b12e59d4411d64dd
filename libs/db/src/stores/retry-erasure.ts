import { type ErasureState, UnlearningRecipe } from '@lethe/domain'
import type { Tx } from '../database.js'
import { databaseError } from '../errors.js'
import type { PlanItem } from '../generated/client.js'
import { beginAudit } from './begin-audit.js'
import { leaveBatch } from './batches.js'
import { lackingComparisons, startPlanItems } from './begin-unlearning.js'
import { lockErasureRequest, moveErasureRequest } from './erasure-requests.js'
import { jointItems, openItems } from './joint-items.js'

/**
 * Takes a blocked request up again where it failed. What is trained is kept: an audit that came to no verdict is
 * repeated, a comparison that failed is trained again, and a candidate is unlearned anew when its run failed, its audit
 * did not pass, or its recipe is named. Where all is unlearned, erasing is taken up again. Nothing runs but what was
 * approved.
 *
 * @param input.unlearning the approved recipe, to have its candidate unlearned anew in any case
 * @throws DomainError NOT_FOUND, ILLEGAL_TRANSITION unless BLOCKED, NOTHING_TO_RETRY when only a new plan helps,
 *   RECIPE_NOT_APPROVED, PLAN_STALE
 */
export async function retryErasure(
  tx: Tx,
  input: {
    tenantId: string
    requestId: string
    unlearning?: UnlearningRecipe | undefined
    requestedBy?: string | undefined
    now: Date
  },
): Promise<{ runIds: string[] }> {
  const { tenantId, requestId, now } = input
  await lockErasureRequest(tx, tenantId, requestId)
  const step = await findFailedStep(tx, { tenantId, requestId })
  if (step === 'ERASING') {
    // Everything is unlearned: what is left is to erase, and that begins with another look at what is covered.
    await moveErasureRequest(tx, { tenantId, requestId, to: 'ERASING' satisfies ErasureState, now })
    return { runIds: [] }
  }
  await moveErasureRequest(tx, { tenantId, requestId, to: 'UNLEARNING' satisfies ErasureState, now })
  const items = await tx.planItem.findMany({ where: { tenantId, requestId, state: 'FAILED' }, orderBy: { id: 'asc' } })
  if (items.length === 0)
    throw databaseError('NOTHING_TO_RETRY', 'No step of the plan failed; plan anew instead.', 'erasureRequestId')
  await leaveBatch(tx, { tenantId, requestId, now })
  const runIds: string[] = []
  for (const failed of items) {
    if (input.unlearning !== undefined) assertApproved(failed, input.unlearning)
    const item = await renewItem(tx, failed, { anew: input.unlearning !== undefined })
    const started = await startPlanItems(tx, { items: [item], requestedBy: input.requestedBy, now })
    runIds.push(...started)
    if (started.length === 0 && (await isIdle(tx, item))) runIds.push((await beginAudit(tx, { item, now })).runId)
  }
  return { runIds }
}

/**
 * From which step a blocked request goes on: from unlearning where a run failed or a candidate did not pass, from the
 * audit where that came to no verdict, from erasing where all is unlearned. Null where only a new plan helps.
 */
export async function findFailedStep(
  tx: Tx,
  input: { tenantId: string; requestId: string },
): Promise<'UNLEARNING' | 'AUDITING' | 'ERASING' | null> {
  const { tenantId, requestId } = input
  const [items, things] = await Promise.all([
    tx.planItem.findMany({ where: { tenantId, requestId, state: { not: 'DONE' } } }),
    tx.erasureThing.count({ where: { tenantId, requestId } }),
  ])
  if (items.length === 0) return things > 0 ? 'ERASING' : null
  const failed = items.filter(({ state }) => state === 'FAILED')
  if (failed.length === 0) return null
  for (const item of failed) if (!(await isTrained(tx, item))) return 'UNLEARNING'
  return 'AUDITING'
}

/** Whether the item has a candidate that is still good, and every comparison. */
async function isTrained(tx: Tx, item: PlanItem): Promise<boolean> {
  const { tenantId, resultVersionId } = item
  if (resultVersionId === null || (await isShared(tx, item))) return false
  const candidate = await tx.modelVersion.count({ where: { tenantId, id: resultVersionId, state: 'READY' } })
  const lacking = await lackingComparisons(tx, [item])
  return candidate > 0 && lacking.length === 0
}

/** People approved a plan with its recipe; another recipe is another plan. */
function assertApproved(item: PlanItem, unlearning: UnlearningRecipe): void {
  const text = (recipe: unknown): string => JSON.stringify(UnlearningRecipe.parse(recipe))
  if (text(item.unlearning) === text(unlearning)) return
  throw databaseError(
    'RECIPE_NOT_APPROVED',
    'Nobody approved this recipe: plan anew with it, and let the new plan be approved.',
    'unlearning',
  )
}

/** A run for several requests failed as a whole: each is taken up alone, with a candidate of its own. */
const isShared = async (tx: Tx, item: PlanItem): Promise<boolean> =>
  (await openItems(tx, await jointItems(tx, item))).length > 1

/** The item with its candidate, if that is still good and its own. */
async function renewItem(tx: Tx, item: PlanItem, { anew }: { anew: boolean }): Promise<PlanItem> {
  const { tenantId } = item
  const kept =
    !anew && item.resultVersionId !== null && !(await isShared(tx, item))
      ? await tx.modelVersion.count({
          where: { tenantId, id: item.resultVersionId, state: { in: ['TRAINING', 'READY'] } },
        })
      : 0
  return tx.planItem.update({
    where: { tenantId_id: { tenantId, id: item.id } },
    data: { resultVersionId: kept > 0 ? item.resultVersionId : null },
  })
}

const isIdle = async (tx: Tx, item: PlanItem): Promise<boolean> =>
  (await tx.run.count({
    where: { tenantId: item.tenantId, planItemId: item.id, state: { in: ['QUEUED', 'RUNNING'] } },
  })) === 0
