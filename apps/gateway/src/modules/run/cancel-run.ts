import { cancelRun as cancel } from '@lethe/db'
import { DomainError } from '@lethe/domain'
import type { Scope } from '../../context.js'
import { isUuid } from '../../graphql/page.js'
import { runOnce } from '../../graphql/run-once.js'

/** Asks for a run to stop. It ends, and says so on record, when its worker has let go of it. */
export const cancelRun = (scope: Scope, input: { idempotencyKey: string; runId: string }): Promise<string> =>
  runOnce(scope, 'cancelRun', input, async (tx, now) => {
    if (!isUuid(input.runId)) throw new DomainError('NOT_FOUND', 'There is no such run.', 'input.runId')
    await cancel(tx, { tenantId: scope.tenantId, runId: input.runId, now })
    return { id: input.runId, evidence: [] }
  })
