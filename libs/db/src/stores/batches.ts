import { type ErasureState, type EvidenceEntry, stateReason, type StateReason, UnlearningRecipe } from '@lethe/domain'
import type { Tx } from '../database.js'
import { databaseError } from '../errors.js'
import type { ErasureRequest, PlanItem } from '../generated/client.js'
import { newId } from '../new-id.js'
import { announce } from '../outbox.js'
import { settleUntrained, startPlanItems } from './begin-unlearning.js'
import { beginErasing, findUncovered, nameUncovered } from './closure/begin-erasing.js'
import { blockErasureRequest, lockErasureRequest, moveErasureRequest, reasonColumns } from './erasure-requests.js'

type Member = ErasureRequest & { readonly plan: readonly PlanItem[] }

const mostMembers = 50

/**
 * Puts planned requests into one batch: as soon as each of them is approved, versions that several of them are about are
 * made to forget all their sets in one run. Plans stay as they are; each request keeps its audit, evidence and clock.
 *
 * @returns evidence to be recorded in the same transaction
 * @throws DomainError NOT_FOUND, BATCH_TOO_SMALL, BATCH_TOO_LARGE, BATCH_NOT_PLANNED, ALREADY_BATCHED,
 *   BATCH_NOTHING_SHARED, BATCH_RECIPES_DIFFER naming the request
 */
export async function batchErasures(
  tx: Tx,
  input: { tenantId: string; requestIds: readonly string[]; createdBy: string; now: Date },
): Promise<{ batchId: string; evidence: EvidenceEntry[] }> {
  const { tenantId, createdBy, now } = input
  const requestIds = [...new Set(input.requestIds)].sort()
  if (requestIds.length < 2)
    throw databaseError('BATCH_TOO_SMALL', 'A batch needs two requests or more.', 'erasureRequestIds')
  if (requestIds.length > mostMembers)
    throw databaseError('BATCH_TOO_LARGE', `A batch takes at most ${mostMembers} requests.`, 'erasureRequestIds')
  for (const id of requestIds) await lockErasureRequest(tx, tenantId, id)
  const members = await readMembers(tx, { tenantId, id: { in: requestIds } })
  if (members.length !== requestIds.length)
    throw databaseError('NOT_FOUND', 'One of these requests does not exist.', 'erasureRequestIds')
  assertBatchable(members)
  const batchId = newId()
  await tx.erasureBatch.create({ data: { id: batchId, tenantId, createdBy, createdAt: now } })
  await tx.erasureRequest.updateMany({ where: { tenantId, id: { in: requestIds } }, data: { batchId } })
  for (const { id } of members) await announce(tx, { tenantId, aggregate: 'erasure-request', id, now })
  return { batchId, evidence: members.map(({ id }) => batchEvidence(batchId, id, members)) }
}

function assertBatchable(members: readonly Member[]): void {
  for (const { number, state, batchId } of members) {
    if (state !== 'PLANNED')
      throw databaseError(
        'BATCH_NOT_PLANNED',
        `Request ${number} is ${state}; only requests that are PLANNED are batched.`,
        'erasureRequestIds',
      )
    if (batchId !== null)
      throw databaseError('ALREADY_BATCHED', `Request ${number} is in a batch already.`, 'erasureRequestIds')
  }
  const shared = [...byVersion(members.flatMap(({ plan }) => plan))].filter(([, items]) => items.length > 1)
  const numberOf = new Map(members.map(({ id, number }) => [id, number]))
  for (const { id, number } of members)
    if (!shared.some(([, items]) => items.some(({ requestId }) => requestId === id)))
      throw databaseError(
        'BATCH_NOTHING_SHARED',
        `Request ${number} unlearns no model version that another of them unlearns too.`,
        'erasureRequestIds',
      )
  for (const [, [first, ...others]] of shared) {
    const different = others.find((item) => recipeOf(item) !== (first && recipeOf(first)))
    if (different)
      throw databaseError(
        'BATCH_RECIPES_DIFFER',
        `Request ${numberOf.get(different.requestId)} is planned with another recipe for the same model version; plan it with the same.`,
        'erasureRequestIds',
      )
  }
}

const recipeOf = ({ unlearning }: PlanItem): string => JSON.stringify(UnlearningRecipe.parse(unlearning))

/** Items that train, by the version that they are about. */
function byVersion(items: readonly PlanItem[]): Map<string, PlanItem[]> {
  const groups = new Map<string, PlanItem[]>()
  for (const item of items)
    if (item.action === 'UNLEARN' || item.action === 'RETRAIN')
      groups.set(item.modelVersionId, [...(groups.get(item.modelVersionId) ?? []), item])
  return groups
}

const readMembers = (tx: Tx, where: { tenantId: string; batchId?: string; id?: { in: string[] } }): Promise<Member[]> =>
  tx.erasureRequest.findMany({ where, include: { plan: { orderBy: { id: 'asc' } } }, orderBy: { number: 'asc' } })

function batchEvidence(batchId: string, erasureRequestId: string, members: readonly Member[]): EvidenceEntry {
  const shared = [...byVersion(members.flatMap(({ plan }) => plan))].filter(([, items]) => items.length > 1)
  return {
    kind: 'erasure-batched/v1',
    subjects: [],
    erasureRequestId,
    predicate: {
      batchId,
      members: members.map(({ id, forgetSetCommitment }) => ({ erasureRequestId: id, forgetSetCommitment })),
      modelVersionIds: shared.map(([modelVersionId]) => modelVersionId),
    },
  }
}

/**
 * Takes a request out of a batch that has not begun, and a blocked one out of one that has. Follow it by {@link startBatch} for `others`, who may have waited for this one alone.
 *
 * @returns evidence to be recorded in the same transaction
 */
export async function leaveBatch(
  tx: Tx,
  input: { tenantId: string; requestId: string; now: Date },
): Promise<{ batchId: string | null; evidence: EvidenceEntry[] }> {
  const { tenantId, requestId, now } = input
  await lockErasureRequest(tx, tenantId, requestId)
  const request = await tx.erasureRequest.findUniqueOrThrow({
    where: { tenantId_id: { tenantId, id: requestId } },
    include: { batch: true },
  })
  const { batchId, batch } = request
  if (batchId === null || batch === null) return { batchId: null, evidence: [] }
  if (batch.startedAt !== null) {
    // A run that has begun stays what it is; a request that stopped is taken up alone.
    if ((request.state as ErasureState) === 'BLOCKED')
      await tx.erasureRequest.update({ where: { tenantId_id: { tenantId, id: requestId } }, data: { batchId: null } })
    return { batchId: null, evidence: [] }
  }
  const members = await readMembers(tx, { tenantId, batchId })
  await tx.erasureRequest.update({ where: { tenantId_id: { tenantId, id: requestId } }, data: { batchId: null } })
  const stay = members.filter(({ id }) => id !== requestId)
  const leaver = members.filter(({ id }) => id === requestId)
  for (const { id } of members) await announce(tx, { tenantId, aggregate: 'erasure-request', id, now })
  return {
    batchId,
    evidence: [...leaver, ...stay].map(({ id }) => batchEvidence(batchId, id, id === requestId ? leaver : stay)),
  }
}

/**
 * Starts a batch whose members are all approved; until then those who are say for whom they wait. A member whose plan does
 * not hold any more is blocked with the reason, and the others go on without it.
 *
 * @returns evidence to be recorded in the same transaction
 */
export async function startBatch(
  tx: Tx,
  input: { tenantId: string; batchId: string; requestedBy: string; now: Date },
): Promise<{ evidence: EvidenceEntry[] }> {
  const { tenantId, batchId, now } = input
  const members = await readMembers(tx, { tenantId, batchId })
  const missing = members.filter(({ state }) => (state as ErasureState) === 'PLANNED')
  if (missing.length > 0) return { evidence: await sayForWhom(tx, { tenantId, members, missing, now }) }
  const evidence: EvidenceEntry[] = []
  const ready: Member[] = []
  for (const member of members.filter(({ state }) => (state as ErasureState) === 'APPROVED')) {
    const reason = await whyStale(tx, member)
    if (reason === null) ready.push(member)
    else evidence.push(...(await dropStale(tx, { member, reason, now })))
  }
  if (ready.length === 0) return { evidence }
  await tx.erasureBatch.update({ where: { tenantId_id: { tenantId, id: batchId } }, data: { startedAt: now } })
  return { evidence: [...evidence, ...(await begin(tx, { ...input, ready }))] }
}

async function sayForWhom(
  tx: Tx,
  input: { tenantId: string; members: readonly Member[]; missing: readonly Member[]; now: Date },
): Promise<EvidenceEntry[]> {
  const { tenantId, members, missing, now } = input
  const data = reasonColumns(stateReason('approvals-awaited', { numbers: missing.map(({ number }) => number) }))
  for (const { id, state } of members) {
    if ((state as ErasureState) !== 'APPROVED') continue
    await tx.erasureRequest.update({ where: { tenantId_id: { tenantId, id } }, data })
    await announce(tx, { tenantId, aggregate: 'erasure-request', id, now })
  }
  return []
}

/** Null where the plan can still be carried out. */
async function whyStale(tx: Tx, { tenantId, id, plan }: Member): Promise<StateReason | null> {
  const unplanned = (await findUncovered(tx, { tenantId, requestId: id })).filter(({ isPlanned }) => !isPlanned)
  if (unplanned.length > 0) return stateReason('plan-incomplete', nameUncovered(unplanned))
  const versions = await tx.modelVersion.findMany({
    where: { tenantId, id: { in: [...byVersion(plan).keys()] }, state: { notIn: ['READY', 'PRODUCTION'] } },
  })
  const [gone] = versions
  return gone === undefined ? null : stateReason('plan-stale', { version: gone.number, state: gone.state })
}

async function dropStale(tx: Tx, input: { member: Member; reason: StateReason; now: Date }): Promise<EvidenceEntry[]> {
  const { member, reason, now } = input
  const { tenantId, id: requestId } = member
  await tx.erasureRequest.update({ where: { tenantId_id: { tenantId, id: requestId } }, data: { batchId: null } })
  return (await blockErasureRequest(tx, { tenantId, requestId, code: 'PLAN_STALE', reason, now })).evidence
}

async function begin(
  tx: Tx,
  input: { tenantId: string; requestedBy: string; now: Date; ready: readonly Member[] },
): Promise<EvidenceEntry[]> {
  const { tenantId, requestedBy, now, ready } = input
  const evidence: EvidenceEntry[] = []
  const trainable: PlanItem[] = []
  for (const { id: requestId } of ready) {
    const settled = await settleUntrained(tx, { tenantId, requestId, now })
    trainable.push(...settled.trainable)
    evidence.push(...settled.evidence)
  }
  for (const [, [first, ...others]] of byVersion(trainable))
    if (first !== undefined) await startPlanItems(tx, { items: [first, ...others], requestedBy, now })
  for (const { id: requestId } of ready)
    if (trainable.some((item) => item.requestId === requestId))
      await moveErasureRequest(tx, { tenantId, requestId, to: 'UNLEARNING', now })
    else evidence.push(...(await beginErasing(tx, { tenantId, requestId, now })).evidence)
  return evidence
}
