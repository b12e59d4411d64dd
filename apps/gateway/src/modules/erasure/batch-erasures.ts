import { batchErasures as batch, leaveBatch, startBatch } from '@lethe/db'
import { assertMayTake, DomainError, type ErasureState } from '@lethe/domain'
import type { Scope } from '../../context.js'
import { runOnce } from '../../graphql/run-once.js'
import { beginApproved } from './begin-approved.js'
import type { ErasureDecision } from './erasure-decision.js'
import { findRequest } from './find-request.js'

export interface BatchErasures {
  readonly idempotencyKey: string
  readonly erasureRequestIds: readonly string[]
}

/** Planned requests will be unlearned in one run once each of them is approved. Gives the first of them. */
export const batchErasures = (scope: Scope, input: BatchErasures): Promise<string> =>
  runOnce(scope, 'batchErasures', input, async (tx, now) => {
    const { tenantId, viewer } = scope
    const requestIds: string[] = []
    for (const id of input.erasureRequestIds) requestIds.push((await findRequest(tx, scope, id)).id)
    const [first] = requestIds
    if (first === undefined)
      throw new DomainError('BATCH_TOO_SMALL', 'A batch needs two requests or more.', 'input.erasureRequestIds')
    const { evidence } = await batch(tx, { tenantId, requestIds, createdBy: viewer.userId, now })
    return { id: first, evidence }
  })

/** A request goes its own way again; if it was approved, its work begins at once. */
export const leaveErasureBatch = (scope: Scope, input: ErasureDecision): Promise<string> =>
  runOnce(scope, 'leaveErasureBatch', input, async (tx, now) => {
    const { tenantId, viewer } = scope
    const found = await findRequest(tx, scope, input.erasureRequestId)
    assertMayTake('leaveErasureBatch', found.state as ErasureState)
    const { id } = found
    const { batchId, evidence } = await leaveBatch(tx, { tenantId, requestId: id, now })
    if (batchId === null)
      throw new DomainError('NOT_BATCHED', 'The request waits in no batch.', 'input.erasureRequestId')
    const requestedBy = viewer.userId
    const others = await startBatch(tx, { tenantId, batchId, requestedBy, now })
    const alone =
      found.state === 'APPROVED' ? await beginApproved(tx, { tenantId, requestId: id, requestedBy, now }) : []
    return { id, evidence: [...evidence, ...others.evidence, ...alone], reason: input.reason.trim() }
  })
