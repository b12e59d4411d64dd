import { lockErasureRequest } from '@lethe/db'
import { DomainError } from '@lethe/domain'
import type { Scope } from '../../context.js'
import { runOnce } from '../../graphql/run-once.js'
import { findRequest } from '../erasure/find-request.js'
import { countFindings } from './review.reads.js'
import type { FindingSeverity } from './review.types.js'

/** Longer notes belong into the auditor's own papers, with their digest here. */
const MAX_STATEMENT = 2000

/**
 * Puts what an external auditor found about a request on record, as they worded it.
 *
 * @returns `<request id>/<number of the finding>`
 * @throws DomainError NOT_FOUND, FINDING_EMPTY, PERSONAL_DATA when the text holds an e-mail address
 */
export const recordFinding = (
  scope: Scope,
  input: { idempotencyKey: string; erasureRequestId: string; severity: FindingSeverity; statement: string },
): Promise<string> =>
  runOnce(scope, 'recordFinding', input, async (tx) => {
    const { id } = await findRequest(tx, scope, input.erasureRequestId)
    const statement = input.statement.trim()
    if (statement.length < 1 || statement.length > MAX_STATEMENT)
      throw new DomainError(
        'FINDING_EMPTY',
        `Say in 1 to ${MAX_STATEMENT} characters what you found.`,
        'input.statement',
      )
    await lockErasureRequest(tx, scope.tenantId, id)
    const number = (await countFindings(tx, id)) + 1
    return {
      id: `${id}/${number}`,
      evidence: [
        {
          kind: 'auditor-finding/v1',
          subjects: [],
          erasureRequestId: id,
          predicate: {
            number,
            severity: input.severity,
            statement,
            auditor: scope.services.commitToPerson(scope.viewer),
          },
        },
      ],
    }
  })
