import { lockErasureRequest, moveErasureRequest, pauseForIdentity, resumeAfterIdentity } from '@lethe/db'
import { DomainError, type EvidenceEntry, type IdentityMethod } from '@lethe/domain'
import type { Scope } from '../../context.js'
import { runOnce } from '../../graphql/run-once.js'
import type { ErasureDecision } from './erasure-decision.js'
import { findRequest } from './find-request.js'

export interface BeginIdentityCheck {
  readonly idempotencyKey: string
  readonly erasureRequestId: string
  readonly method: IdentityMethod
  readonly reason: string
  /** Reasonable doubt about who asks: the clock is paused where its rule allows that. */
  readonly inDoubt: boolean
}

/** The person is asked to show who they are. Which document they show is nowhere kept. */
export const beginIdentityCheck = (scope: Scope, input: BeginIdentityCheck): Promise<string> =>
  runOnce(scope, 'beginIdentityCheck', input, async (tx, now) => {
    const reason = input.reason.trim()
    if (reason === '' || reason.length > 500)
      throw new DomainError(
        'REASON_MISSING',
        'Say in 1 to 500 characters why identity is looked into; the person may be told.',
        'input.reason',
      )
    const { id } = await findRequest(tx, scope, input.erasureRequestId)
    const { tenantId } = scope
    const { method, inDoubt } = input
    await lockErasureRequest(tx, tenantId, id)
    await moveErasureRequest(tx, { tenantId, requestId: id, to: 'IDENTITY_PENDING', now })
    await tx.erasureRequest.update({ where: { tenantId_id: { tenantId, id } }, data: { identityMethod: method } })
    const paused = inDoubt ? await pauseForIdentity(tx, { tenantId, requestId: id, now }) : null
    const begunBy = scope.services.commitToPerson(scope.viewer)
    const begun: EvidenceEntry = {
      kind: 'identity-check-begun/v1',
      subjects: [],
      erasureRequestId: id,
      predicate: { method, inDoubt, clockPaused: paused !== null, begunBy },
    }
    return { id, evidence: [begun, ...(paused?.evidence ?? [])], reason }
  })

/**
 * Records that the person who asks is the person whom the data is about, and how that was found; a clock that was paused
 * for it runs on. Whoever signed in and asks for themselves needs no check to have begun.
 */
export const verifyIdentity = (scope: Scope, input: ErasureDecision): Promise<string> =>
  runOnce(scope, 'verifyIdentity', input, async (tx, now) => {
    const found = await findRequest(tx, scope, input.erasureRequestId)
    const { tenantId } = scope
    const { id } = found
    const method = input.method ?? (found.identityMethod as IdentityMethod | null) ?? 'SIGNED_IN'
    await lockErasureRequest(tx, tenantId, id)
    await moveErasureRequest(tx, { tenantId, requestId: id, to: 'VERIFIED', now })
    await tx.erasureRequest.update({ where: { tenantId_id: { tenantId, id } }, data: { identityMethod: method } })
    const resumed = await resumeAfterIdentity(tx, { tenantId, requestId: id, now })
    const verified: EvidenceEntry = {
      kind: 'identity-verified/v1',
      subjects: [],
      erasureRequestId: id,
      predicate: { verifiedBy: scope.services.commitToPerson(scope.viewer), method },
    }
    return { id, evidence: [verified, ...(resumed?.evidence ?? [])], reason: input.reason.trim() }
  })
