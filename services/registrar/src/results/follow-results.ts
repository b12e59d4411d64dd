import { consumeResults, type RunResult } from '@lethe/bus'
import { type DomainError, isDomainError } from '@lethe/domain'
import { grantsOfRun } from '../publish-message.js'
import type { RegistrarContext } from '../registrar-context.js'
import { recordResult } from './record-result.js'

/**
 * Records results, each once. An accident (database or bus away) puts the result off; a result whose content is refused
 * ends its run as failed with that reason, so that no run hangs; one of an unknown run, or of a run whose task its sender was
 * never given, is buried by the bus and changes nothing.
 */
export const followResults = (context: RegistrarContext, signal: AbortSignal): Promise<void> =>
  consumeResults(context.bus, {
    signal,
    grantsOf: grantsOfRun(context.grants),
    onError: (error, subject) => context.logger.warn({ err: error, subject }, 'result not recorded'),
    handler: async (result) => {
      const log = context.logger.child({ tenantId: result.tenantId, runId: result.runId, attempt: result.attempt })
      try {
        const recorded = await recordResult(context, result)
        log.info({ kind: result.runKind, outcome: result.outcome, recorded }, 'result taken')
      } catch (error) {
        if (!isDomainError(error) || result.outcome !== 'succeeded') throw error
        log.error({ err: error }, 'result refused')
        await recordResult(context, asFailed(result, error))
      }
    },
  })

function asFailed(result: RunResult, { code, message, field }: DomainError): RunResult {
  const { version, tenantId, runId, runKind, attempt, startedAt, finishedAt } = result
  const error = { code, message, ...(field === undefined ? {} : { field }) }
  return { version, tenantId, runId, runKind, attempt, startedAt, finishedAt, outcome: 'failed', error }
}
