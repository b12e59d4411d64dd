import { queueBundle } from '@lethe/db'
import type { Scope } from '../../context.js'
import { runOnce } from '../../graphql/run-once.js'
import { findRequest } from '../erasure/find-request.js'

/**
 * Asks for a bundle of all that is on record of a request by now; the registrar makes it. Of an open request it is
 * incomplete, which whoever verifies it is told.
 */
export const requestEvidenceBundle = (
  scope: Scope,
  input: { readonly idempotencyKey: string; readonly erasureRequestId: string },
): Promise<string> =>
  runOnce(scope, 'requestEvidenceBundle', input, async (tx, now) => {
    const { id: requestId } = await findRequest(tx, scope, input.erasureRequestId)
    const { tenantId, viewer } = scope
    const { id } = await queueBundle(tx, { tenantId, requestId, requestedBy: viewer.userId, now })
    return { id, evidence: [] }
  })
