import { type ErasureState, UnlearningRecipe } from '@lethe/domain'
import type { Tx } from '../database.js'
import { databaseError } from '../errors.js'
import type { PlanItem } from '../generated/client.js'
import { beginAudit } from './begin-audit.js'
import { startPlanItem } from './begin-unlearning.js'
import { lockErasureRequest, moveErasureRequest } from './erasure-requests.js'

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
  const open = await tx.planItem.count({ where: { tenantId, requestId, state: { not: 'DONE' } } })
  const hasBegun = (await tx.erasureThing.count({ where: { tenantId, requestId } })) > 0
  if (open === 0 && hasBegun) {
    // Everything is unlearned: what is left is to erase, and that begins with another look at what is covered.
    await moveErasureRequest(tx, { tenantId, requestId, to: 'ERASING' satisfies ErasureState, now })
    return { runIds: [] }
  }
  await moveErasureRequest(tx, { tenantId, requestId, to: 'UNLEARNING' satisfies ErasureState, now })
  const items = await tx.planItem.findMany({ where: { tenantId, requestId, state: 'FAILED' }, orderBy: { id: 'asc' } })
  if (items.length === 0)
    throw databaseError('NOTHING_TO_RETRY', 'No step of the plan failed; plan anew instead.', 'erasureRequestId')
  const runIds: string[] = []
  for (const failed of items) {
    if (input.unlearning !== undefined) assertApproved(failed, input.unlearning)
    const item = await renewItem(tx, failed, { anew: input.unlearning !== undefined })
    const started = await startPlanItem(tx, { item, requestedBy: input.requestedBy, now })
    runIds.push(...started)
    if (started.length === 0 && (await isIdle(tx, item))) runIds.push((await beginAudit(tx, { item, now })).runId)
  }
  return { runIds }
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

/** The item with its candidate, if that is still good. */
async function renewItem(tx: Tx, item: PlanItem, { anew }: { anew: boolean }): Promise<PlanItem> {
  const { tenantId } = item
  const kept =
    !anew && item.resultVersionId !== null
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
