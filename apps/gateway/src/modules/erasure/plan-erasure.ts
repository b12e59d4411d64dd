import { createHash } from 'node:crypto'
import {
  affectedVersions,
  type ErasureRequest as RequestRow,
  type ErasureThing,
  jointItems,
  leaveBatch,
  lockErasureRequest,
  moveErasureRequest,
  newId,
  openItems,
  planThings,
  startBatch,
  toJson,
  type Tx,
} from '@lethe/db'
import {
  AuditPolicy,
  auditPolicyDigest,
  completePolicy,
  DomainError,
  ErasureAction,
  ErasureThingKind,
  type EvidenceEntry,
  type EvidencePredicate,
} from '@lethe/domain'
import { canonicalJson } from '@lethe/ledger'
import type { Scope } from '../../context.js'
import { parseInput } from '../../graphql/parse-input.js'
import { type Effect, runOnce } from '../../graphql/run-once.js'
import { type Choices, type PlannedItem, planItems } from './choose-actions.js'
import { findRequest } from './find-request.js'

export interface PlanErasure extends Choices {
  readonly idempotencyKey: string
  readonly erasureRequestId: string
  readonly policy?: unknown
}

/**
 * Draws up, or draws up anew, what will be done to every version that learned from the forget set, and freezes it with
 * the audit's policy: on record before anything runs, so that no failed audit can be hidden. A version that nothing
 * has learned from needs no work, so the plan may be empty.
 */
export const planErasure = (scope: Scope, input: PlanErasure): Promise<string> =>
  runOnce(scope, 'planErasure', input, async (tx, now) => {
    // Completed, so that nothing that decides the audit is left for later defaults to say.
    const policy = completePolicy(
      parseInput(AuditPolicy, { version: 1, ...objectOf(input.policy, 'input.policy') }, 'input.policy'),
    )
    const { id } = await findRequest(tx, scope, input.erasureRequestId)
    const { tenantId, viewer } = scope
    await lockErasureRequest(tx, tenantId, id)
    // Another plan may be of another recipe; whoever waited for this one alone begins.
    const { batchId, evidence: left } = await leaveBatch(tx, { tenantId, requestId: id, now })
    await moveErasureRequest(tx, { tenantId, requestId: id, to: 'PLANNED', now })
    await assertAtRest(tx, id)
    const request = await findRequest(tx, scope, id)
    const items = await itemsOf(tx, request, input)
    const policyDigest = auditPolicyDigest(policy)
    const earlierRuns = await tx.run.count({ where: { requestId: id } })
    await storePlan(tx, request, items)
    const things = (await planThings(tx, { tenantId, requestId: id, items })).map(nameThing)
    const planDigest = digestOfPlan(request, { policyDigest, earlierRuns, items, things })
    await tx.erasureRequest.update({
      where: { tenantId_id: { tenantId, id } },
      data: { policy: toJson(policy), policyDigest, planDigest },
    })
    const others =
      batchId === null ? [] : (await startBatch(tx, { tenantId, batchId, requestedBy: viewer.userId, now })).evidence
    const { evidence } = planned(request, { policy, policyDigest, planDigest, earlierRuns, items, things })
    return { id, evidence: [...left, ...evidence, ...others] }
  })

function objectOf(value: unknown, field: string): object {
  if (value == null) return {}
  if (typeof value === 'object' && !Array.isArray(value)) return value
  throw new DomainError('INVALID_INPUT', `Give \`${field}\` as a JSON object.`, field)
}

/** A plan whose work still runs cannot be replaced: its audits count, and its results belong to its items. */
async function assertAtRest(tx: Tx, requestId: string): Promise<void> {
  const running = await tx.run.count({ where: { requestId, state: { in: ['QUEUED', 'RUNNING'] } } })
  if (running === 0) return
  throw new DomainError(
    'RUNS_IN_PROGRESS',
    `${running} ${running === 1 ? 'run' : 'runs'} of the present plan must end first; wait, or have them cancelled.`,
    'input.erasureRequestId',
  )
}

async function itemsOf(tx: Tx, { tenantId, id }: RequestRow, choices: Choices): Promise<PlannedItem[]> {
  const samples = await tx.forgetSetSample.findMany({ where: { requestId: id }, select: { contentId: true } })
  const affected = await affectedVersions(tx, { tenantId, contentIds: samples.map(({ contentId }) => contentId) })
  const training = affected.find(({ state }) => state === 'TRAINING')
  if (training)
    throw new DomainError(
      'TRAINING_IN_PROGRESS',
      `Version ${training.number} of a model is learning these samples now; wait for its end or cancel its run.`,
      'input.erasureRequestId',
    )
  return planItems(tx, { tenantId, requestId: id, affected, choices })
}

type PlannedThing = EvidencePredicate<'erasure-planned/v1'>['things'][number]

/** Without its label, which is the tenant's own word for it. */
const nameThing = ({ thing, refId, action, basis }: ErasureThing): PlannedThing => ({
  thing: ErasureThingKind.parse(thing),
  id: refId,
  action: ErasureAction.parse(action),
  ...(basis === null ? {} : { basis }),
})

/**
 * What an approval says yes to. Estimates are left out: they are no promise, and another look may change them. What ran
 * before is in it, so that approvals of a plan that failed do not count for the same plan drawn up again.
 */
const digestOfPlan = (
  request: RequestRow,
  plan: {
    policyDigest: string
    earlierRuns: number
    items: readonly PlannedItem[]
    things: readonly PlannedThing[]
  },
): string =>
  createHash('sha256')
    .update(
      canonicalJson({
        version: 1,
        erasureRequestId: request.id,
        forgetSetCommitment: request.forgetSetCommitment,
        policyDigest: plan.policyDigest,
        ...(plan.earlierRuns === 0 ? {} : { earlierRuns: plan.earlierRuns }),
        items: plan.items.map(({ modelVersionId, action, unlearning, comparisons, basis }) => ({
          modelVersionId,
          action,
          unlearning,
          comparisons,
          ...(basis === undefined ? {} : { basis }),
        })),
        things: plan.things,
      }),
    )
    .digest('hex')

async function storePlan(tx: Tx, request: RequestRow, items: readonly PlannedItem[]): Promise<void> {
  const { tenantId, id: requestId } = request
  await dropUndone(tx, tenantId, requestId)
  await tx.planItem.createMany({
    data: items.map((item) => ({
      id: newId(),
      tenantId,
      requestId,
      modelVersionId: item.modelVersionId,
      action: item.action,
      ...(item.unlearning === null ? {} : { unlearning: toJson(item.unlearning) }),
      comparisons: toJson(item.comparisons),
      basis: item.basis ?? null,
      estimateSeconds: item.estimate?.wallSeconds ?? null,
      ...(item.estimate === null ? {} : { estimate: toJson(item.estimate) }),
      retrainEstimateSeconds: item.retrainEstimateSeconds,
    })),
  })
}

/** What an earlier plan left undone; its candidates never serve, and nobody need unlearn them again. */
async function dropUndone(tx: Tx, tenantId: string, requestId: string): Promise<void> {
  const undone = { tenantId, requestId, state: { not: 'DONE' } }
  const items = await tx.planItem.findMany({ where: undone })
  const joint = await Promise.all(items.map(async (item) => openItems(tx, await jointItems(tx, item))))
  // A candidate that another request still waits for stays.
  const isWaitedFor = (place: number) =>
    joint[place]?.some((other) => other.requestId !== requestId && other.state !== 'FAILED') === true
  const candidates = items.flatMap(({ resultVersionId }, place) => (isWaitedFor(place) ? [] : (resultVersionId ?? [])))
  await tx.modelVersion.updateMany({
    where: { tenantId, id: { in: candidates }, state: 'READY' },
    data: { state: 'REJECTED' },
  })
  await tx.planItem.deleteMany({ where: undone })
}

function planned(
  request: RequestRow,
  plan: {
    policy: AuditPolicy
    policyDigest: string
    planDigest: string
    earlierRuns: number
    items: readonly PlannedItem[]
    things: readonly PlannedThing[]
  },
): Effect {
  const { policy, policyDigest, planDigest, earlierRuns, items, things } = plan
  const entry: EvidenceEntry = {
    kind: 'erasure-planned/v1',
    subjects: [
      { name: 'plan', digest: { sha256: planDigest } },
      ...items.map((item) => ({
        name: `model-version/${item.modelVersionId}`,
        digest: { sha256: item.weightsDigest },
      })),
    ],
    erasureRequestId: request.id,
    predicate: {
      planDigest,
      forgetSetCommitment: request.forgetSetCommitment,
      policy,
      policyDigest,
      earlierRuns,
      items: items.map(({ weightsDigest: _, comparisons, estimate, ...item }) => ({
        ...item,
        comparisons: [...comparisons],
        estimateSeconds: estimate?.wallSeconds ?? null,
        ...(estimate === null ? {} : { estimateInterval: estimate.interval }),
      })),
      things: [...things],
    },
  }
  return { id: request.id, evidence: [entry] }
}
