import { lockErasureRequest } from '@lethe/db'
import { DomainError, ErasureState, isFinal } from '@lethe/domain'
import type { Scope } from '../../context.js'
import { runOnce } from '../../graphql/run-once.js'
import { findRequest } from '../erasure/find-request.js'
import { countFindings, countSignOffs } from './review.reads.js'
import type { SignOffOutcome } from './review.types.js'

const ClosedState = ErasureState.extract(['FULFILLED', 'REJECTED', 'WITHDRAWN'])

/**
 * An external auditor's yes or no to all that a closed request has on record. It can be given again after further
 * findings; none is ever taken back.
 *
 * @returns `<request id>/<which sign-off, from 1>`
 * @throws DomainError NOT_FOUND, REQUEST_OPEN
 */
export const signOffErasure = (
  scope: Scope,
  input: { idempotencyKey: string; erasureRequestId: string; outcome: SignOffOutcome },
): Promise<string> =>
  runOnce(scope, 'signOffErasure', input, async (tx) => {
    const request = await findRequest(tx, scope, input.erasureRequestId)
    if (!isFinal(request.state as ErasureState))
      throw new DomainError(
        'REQUEST_OPEN',
        `The request is ${request.state}; it can be signed off once it is closed. Until then record findings.`,
        'input.erasureRequestId',
      )
    await lockErasureRequest(tx, scope.tenantId, request.id)
    const [findings, earlier] = await Promise.all([countFindings(tx, request.id), countSignOffs(tx, request.id)])
    return {
      id: `${request.id}/${earlier + 1}`,
      evidence: [
        {
          kind: 'auditor-signed-off/v1',
          subjects: [],
          erasureRequestId: request.id,
          predicate: {
            outcome: input.outcome,
            requestOutcome: ClosedState.parse(request.state),
            findings: Array.from({ length: findings }, (_, i) => i + 1),
            auditor: scope.services.commitToPerson(scope.viewer),
          },
        },
      ],
    }
  })
