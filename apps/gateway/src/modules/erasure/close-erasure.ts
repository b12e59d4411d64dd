import { closeErasureRequest } from '@lethe/db'
import { DomainError, type EvidenceEntry } from '@lethe/domain'
import type { Scope } from '../../context.js'
import { runOnce } from '../../graphql/run-once.js'
import type { ErasureDecision } from './erasure-decision.js'
import { findRequest } from './find-request.js'

/** Turns a request down; the person is owed a reason. */
export const rejectErasure = (scope: Scope, input: ErasureDecision): Promise<string> =>
  close(scope, 'rejectErasure', 'REJECTED', input)

/** Takes a request back; what still runs for it is cancelled. */
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
    const { evidence } = await closeErasureRequest(tx, { tenantId: scope.tenantId, requestId: id, to, reason, now })
    const closedBy = scope.services.commitToPerson(scope.viewer)
    return { id, evidence: evidence.map((entry) => withCloser(entry, closedBy)) }
  })

/** The person stands behind a commitment, as an approver does. */
const withCloser = (entry: EvidenceEntry, closedBy: string): EvidenceEntry =>
  entry.kind === 'erasure-closed/v1' ? { ...entry, predicate: { ...entry.predicate, closedBy } } : entry
