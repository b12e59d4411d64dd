import { assertMayMove, type ErasureState, type EvidenceEntry, isFinal, Verdict } from '@lethe/domain'
import type { Tx } from '../database.js'
import { databaseError } from '../errors.js'
import { announce } from '../outbox.js'
import { queueBundle } from './evidence-bundles.js'
import { notify } from './notices.js'
import { cancelRun } from './runs.js'
import { addClockEvent } from './sla-clocks.js'

/** Holds a request until the transaction ends, so that what two runs of it report is taken in one after the other. */
export async function lockErasureRequest(tx: Tx, tenantId: string, requestId: string): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM erasure_request WHERE tenant_id = ${tenantId}::uuid AND id = ${requestId}::uuid FOR UPDATE`
}

/**
 * Moves a request along its life cycle.
 *
 * @throws DomainError NOT_FOUND, ILLEGAL_TRANSITION, or CONFLICT when somebody else moved it meanwhile
 */
export async function moveErasureRequest(
  tx: Tx,
  input: { tenantId: string; requestId: string; to: ErasureState; reason?: string | null; now: Date },
): Promise<{ from: ErasureState }> {
  const { tenantId, requestId, to, now } = input
  const request = await tx.erasureRequest.findUnique({ where: { tenantId_id: { tenantId, id: requestId } } })
  if (!request) throw databaseError('NOT_FOUND', 'There is no such erasure request.', 'erasureRequestId')
  const from = request.state as ErasureState
  assertMayMove(from, to)
  const moved = await tx.erasureRequest.updateMany({
    where: { tenantId, id: requestId, state: from },
    data: { state: to, stateReason: input.reason ?? null, ...(isFinal(to) ? { closedAt: now } : {}) },
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
    now: Date
  },
): Promise<{ evidence: EvidenceEntry[] }> {
  const { tenantId, requestId, to, now } = input
  await moveErasureRequest(tx, { tenantId, requestId, to, reason: input.reason ?? null, now })
  const clock = await addClockEvent(tx, { tenantId, requestId, kind: 'stop', at: now, reason: to, now })
  const running = await tx.run.findMany({
    where: { tenantId, requestId, state: { in: ['QUEUED', 'RUNNING'] } },
    select: { id: true },
  })
  for (const { id } of running) await cancelRun(tx, { tenantId, runId: id, now })
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
    },
  }
  return { evidence: [closed, ...clock.evidence] }
}

/** Stops a request with a reason; its clock keeps running. A request that is closed or blocked stays as it is. */
export async function blockErasureRequest(
  tx: Tx,
  input: { tenantId: string; requestId: string; code: string; reason: string; now: Date },
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
