import { retryErasure as retry } from '@lethe/db'
import { assertMayTake, type ErasureState, UnlearningRecipe } from '@lethe/domain'
import type { Scope } from '../../context.js'
import { parseInput } from '../../graphql/parse-input.js'
import { runOnce } from '../../graphql/run-once.js'
import { findRequest } from './find-request.js'

export interface RetryErasure {
  readonly idempotencyKey: string
  readonly erasureRequestId: string
  readonly unlearning?: unknown
}

/** Takes a blocked request up where it failed, by the plan that was approved; another recipe is refused. */
export const retryErasure = (scope: Scope, input: RetryErasure): Promise<string> =>
  runOnce(scope, 'retryErasure', input, async (tx, now) => {
    const unlearning =
      input.unlearning == null ? undefined : parseInput(UnlearningRecipe, input.unlearning, 'input.unlearning')
    const { id, state } = await findRequest(tx, scope, input.erasureRequestId)
    assertMayTake('retryErasure', state as ErasureState)
    const { tenantId, viewer } = scope
    await retry(tx, { tenantId, requestId: id, unlearning, requestedBy: viewer.userId, now })
    return { id, evidence: [] }
  })
