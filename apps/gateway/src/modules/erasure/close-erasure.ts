import { closeErasureRequest, leaveBatch, startBatch } from '@lethe/db'
import { DomainError, type EvidenceEntry } from '@lethe/domain'
import type { Scope } from '../../context.js'
import { runOnce } from '../../graphql/run-once.js'
import type { ErasureDecision } from './erasure-decision.js'
import { findRequest } from './find-request.js'

/** Turns a request down; the person is owed a reason. */
export const rejectErasure = (scope: Scope, input: ErasureDecision): Promise<string> =>
  close(scope, 'rejectErasure', 'REJECTED', input)

/** Takes a request back; what still runs for it alone is cancelled, and a batch that waits goes on without it. */
export const withdrawErasure = (scope: Scope, input: ErasureDecision): Promise<string> =>
  close(scope, 'withdrawErasure', 'WITHDRAWN', input)

const close = (
  scope: Scope,
  operation: string,
  to: 'REJECTED' | 'WITHDRAWN',
  input: ErasureDecision,
): Promise<string> =>
  runOnce(scope, operation, input, async (tx, now) => {
    const reason = input.reason.trim()
    if (reason.length > 500 || (to === 'REJECTED' && reason === ''))
      throw new DomainError(
        'REASON_MISSING',
        'Say why in 1 to 500 characters; the person will be told.',
        'input.reason',
      )
    const { id } = await findRequest(tx, scope, input.erasureRequestId)
    const { tenantId, viewer } = scope
    const left = await leaveBatch(tx, { tenantId, requestId: id, now })
    const reasonCode = to === 'REJECTED' ? (input.reasonCode ?? 'OTHER') : undefined
    const closing = {
      tenantId,
      requestId: id,
      to,
      reason,
      ...(reasonCode === undefined ? {} : { reasonCode }),
      now,
    }
    const { evidence } = await closeErasureRequest(tx, closing)
    const { batchId } = left
    const others =
      batchId === null ? [] : (await startBatch(tx, { tenantId, batchId, requestedBy: viewer.userId, now })).evidence
    const closedBy = scope.services.commitToPerson(viewer)
    return {
      id,
      evidence: [...left.evidence, ...evidence.map((entry) => withCloser(entry, closedBy)), ...others],
      reason,
    }
  })

/** The person stands behind a commitment, as an approver does. */
const withCloser = (entry: EvidenceEntry, closedBy: string): EvidenceEntry =>
  entry.kind === 'erasure-closed/v1' ? { ...entry, predicate: { ...entry.predicate, closedBy } } : entry
