import {
  assertMayMove,
  type ErasureState,
  type EvidenceEntry,
  isFinal,
  type RejectionCode,
  saidOf,
  type StateReason,
  Verdict,
} from '@lethe/domain'
import type { Tx } from '../database.js'
import { databaseError } from '../errors.js'
import { Prisma } from '../generated/client.js'
import { announce, toJson } from '../outbox.js'
import { queueBundle } from './evidence-bundles.js'
import { jointItems, openItems } from './joint-items.js'
import { notify } from './notices.js'
import { cancelRun } from './runs.js'
import { addClockEvent } from './sla-clocks.js'

/**
 * Holds a request, and those that share its batch, until the transaction ends: what two runs of them report, or two people
 * decide, is taken in one after the other. Always in the same order, so that nobody waits for each other.
 */
export async function lockErasureRequest(tx: Tx, tenantId: string, requestId: string): Promise<void> {
  await tx.$queryRaw`
    SELECT 1 FROM erasure_request
    WHERE tenant_id = ${tenantId}::uuid AND (id = ${requestId}::uuid OR batch_id = (
      SELECT batch_id FROM erasure_request WHERE tenant_id = ${tenantId}::uuid AND id = ${requestId}::uuid))
    ORDER BY id FOR UPDATE`
}

/** A person's own words, or what the platform says, then also in codes; null: nothing. */
export const reasonColumns = (reason: string | StateReason | null) =>
  reason === null || typeof reason === 'string'
    ? { stateReason: reason, stateReasonSaid: Prisma.DbNull }
    : { stateReason: reason.text, stateReasonSaid: toJson(saidOf(reason)) }

/**
 * Moves a request along its life cycle.
 *
 * @throws DomainError NOT_FOUND, ILLEGAL_TRANSITION, or CONFLICT when somebody else moved it meanwhile
 */
export async function moveErasureRequest(
  tx: Tx,
  input: { tenantId: string; requestId: string; to: ErasureState; reason?: string | StateReason | null; now: Date },
): Promise<{ from: ErasureState }> {
  const { tenantId, requestId, to, now } = input
  const request = await tx.erasureRequest.findUnique({ where: { tenantId_id: { tenantId, id: requestId } } })
  if (!request) throw databaseError('NOT_FOUND', 'There is no such erasure request.', 'erasureRequestId')
  const from = request.state as ErasureState
  assertMayMove(from, to)
  const moved = await tx.erasureRequest.updateMany({
    where: { tenantId, id: requestId, state: from },
    data: { state: to, ...reasonColumns(input.reason ?? null), ...(isFinal(to) ? { closedAt: now } : {}) },
  })
  if (moved.count !== 1)
    throw databaseError('CONFLICT', 'The request was changed by somebody else; read it again.', 'erasureRequestId')
  await announce(tx, { tenantId, aggregate: 'erasure-request', id: requestId, now })
  const { number } = request
  if (from !== to)
    await notify(tx, { tenantId, kind: 'erasure.state-changed', requestId, data: { number, from, to }, now })
  return { from }
}

/**
 * Closes a request: state, clock, and whatever still runs for it is cancelled. A bundle of its evidence is made by itself.
 *
 * @returns evidence to be recorded in the same transaction
 * @throws DomainError NOT_FOUND, ILLEGAL_TRANSITION, CONFLICT
 */
export async function closeErasureRequest(
  tx: Tx,
  input: {
    tenantId: string
    requestId: string
    to: 'FULFILLED' | 'REJECTED' | 'WITHDRAWN'
    reason?: string
    /** Of a rejection. */
    reasonCode?: RejectionCode
    now: Date
  },
): Promise<{ evidence: EvidenceEntry[] }> {
  const { tenantId, requestId, to, now } = input
  await lockErasureRequest(tx, tenantId, requestId)
  await moveErasureRequest(tx, { tenantId, requestId, to, reason: input.reason ?? null, now })
  const clock = await addClockEvent(tx, { tenantId, requestId, kind: 'stop', at: now, reason: to, now })
  await letGoOfRuns(tx, { tenantId, requestId, now })
  await queueBundle(tx, { tenantId, requestId, requestedBy: null, now })
  const audits = await tx.audit.findMany({
    where: { tenantId, requestId },
    orderBy: { number: 'asc' },
    select: { number: true, verdict: true },
  })
  const closed: EvidenceEntry = {
    kind: 'erasure-closed/v1',
    subjects: [],
    erasureRequestId: requestId,
    predicate: {
      outcome: to,
      audits: audits.map(({ number, verdict }) => ({ number, verdict: Verdict.parse(verdict) })),
      clock: clock.reading.state,
      dueAt: clock.reading.dueAt,
      ...(input.reasonCode === undefined ? {} : { reasonCode: input.reasonCode }),
    },
  }
  return { evidence: [closed, ...clock.evidence] }
}

/** What runs for this request alone is cancelled; what others of its batch wait for goes on for one of them. */
async function letGoOfRuns(tx: Tx, input: { tenantId: string; requestId: string; now: Date }): Promise<void> {
  const { tenantId, requestId, now } = input
  const running = await tx.run.findMany({ where: { tenantId, requestId, state: { in: ['QUEUED', 'RUNNING'] } } })
  for (const { id, kind, planItemId } of running) {
    const heir = kind === 'unlearn' && planItemId !== null ? await findHeir(tx, { tenantId, planItemId }) : undefined
    if (heir === undefined) await cancelRun(tx, { tenantId, runId: id, now })
    else
      await tx.run.update({
        where: { tenantId_id: { tenantId, id } },
        data: { requestId: heir.requestId, planItemId: heir.id },
      })
  }
}

async function findHeir(tx: Tx, { tenantId, planItemId }: { tenantId: string; planItemId: string }) {
  const item = await tx.planItem.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id: planItemId } } })
  const open = await openItems(tx, await jointItems(tx, item))
  return open.find(({ id }) => id !== planItemId)
}

/** Stops a request with a reason; its clock keeps running. A request that is closed or blocked stays as it is. */
export async function blockErasureRequest(
  tx: Tx,
  input: { tenantId: string; requestId: string; code: string; reason: StateReason; now: Date },
): Promise<{ evidence: EvidenceEntry[] }> {
  const { tenantId, requestId, code, reason, now } = input
  const request = await tx.erasureRequest.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id: requestId } } })
  const state = request.state as ErasureState
  if (isFinal(state) || state === 'BLOCKED') return { evidence: [] }
  await moveErasureRequest(tx, { tenantId, requestId, to: 'BLOCKED', reason, now })
  // The reason may quote what a person wrote, so only its code goes on record.
  return {
    evidence: [
      { kind: 'erasure-blocked/v1', subjects: [], erasureRequestId: requestId, predicate: { from: state, code } },
    ],
  }
}
