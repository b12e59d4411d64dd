import { moveErasureRequest } from '@lethe/db'
import type { Scope } from '../../context.js'
import { runOnce } from '../../graphql/run-once.js'
import type { ErasureDecision } from './erasure-decision.js'
import { findRequest } from './find-request.js'

/** Records that the person who asks is the person whom the data is about. */
export const verifyIdentity = (scope: Scope, input: ErasureDecision): Promise<string> =>
  runOnce(scope, 'verifyIdentity', input, async (tx, now) => {
    const { id } = await findRequest(tx, scope, input.erasureRequestId)
    await moveErasureRequest(tx, { tenantId: scope.tenantId, requestId: id, to: 'VERIFIED', now })
    const verified = {
      kind: 'identity-verified/v1',
      subjects: [],
      erasureRequestId: id,
      predicate: { verifiedBy: scope.services.commitToPerson(scope.viewer) },
    } as const
    return { id, evidence: [verified] }
  })
