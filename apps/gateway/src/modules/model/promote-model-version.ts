import { promoteModelVersion as promote } from '@lethe/db'
import { DomainError } from '@lethe/domain'
import type { Scope } from '../../context.js'
import { isUuid } from '../../graphql/page.js'
import { runOnce } from '../../graphql/run-once.js'

/** Lets a version serve in the place of the one that serves now. */
export const promoteModelVersion = (
  scope: Scope,
  input: { idempotencyKey: string; modelVersionId: string },
): Promise<string> =>
  runOnce(scope, 'promoteModelVersion', input, async (tx, now) => {
    const { tenantId, viewer } = scope
    const { modelVersionId } = input
    if (!isUuid(modelVersionId))
      throw new DomainError('NOT_FOUND', 'There is no such model version.', 'input.modelVersionId')
    const { evidence } = await promote(tx, { tenantId, modelVersionId, decidedBy: viewer.userId, now })
    return { id: modelVersionId, evidence }
  })
