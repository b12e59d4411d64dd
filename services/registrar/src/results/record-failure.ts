import type { CheckpointRef } from '@lethe/bus'
import { announce, blockErasureRequest, jointItems, notify, openItems } from '@lethe/db'
import { type EvidenceEntry, stateReason } from '@lethe/domain'
import { concludeIfPassed, failItem, failJoint } from './apply-verdict.js'
import type { Ended, Recording } from './recording.js'

/** A run that failed or was cancelled for good: what it should have made is marked, and its request stops. */
export async function recordFailure(recording: Recording, result: Ended): Promise<EvidenceEntry[]> {
  const { tx, run, now } = recording
  const { tenantId, requestId, planItemId } = run
  const code = result.outcome === 'failed' ? result.error.code : 'CANCELLED'
  const reason =
    result.outcome === 'failed'
      ? stateReason('run-failed', { kind: run.kind, code, message: result.error.message })
      : stateReason('run-cancelled', { kind: run.kind })
  if (result.outcome === 'failed')
    await notify(tx, {
      tenantId,
      kind: 'run.failed',
      requestId: requestId ?? undefined,
      data: { runId: run.id, kind: result.runKind, code },
      now,
    })
  const lastGood = result.outcome === 'failed' ? result.error.lastGood : undefined
  await markProduct(recording, reason.text, lastGood)
  const ended: EvidenceEntry = {
    kind: 'run-ended/v1',
    subjects:
      lastGood === undefined ? [] : [{ name: 'last-good-weights', digest: { sha256: lastGood.weights.digest } }],
    ...(requestId === null ? {} : { erasureRequestId: requestId }),
    predicate: { runId: run.id, kind: result.runKind, outcome: result.outcome, code, attempt: result.attempt },
  }
  if (requestId === null) return [ended]
  if (run.kind === 'redact') {
    const { evidence } = await blockErasureRequest(tx, {
      tenantId,
      requestId,
      code: `RUN_${result.outcome.toUpperCase()}`,
      reason,
      now,
    })
    return [ended, ...evidence]
  }
  if (planItemId === null) return [ended]
  const item = await tx.planItem.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id: planItemId } } })
  const joint = await openItems(tx, await jointItems(tx, item))
  const failure = { code: `RUN_${result.outcome.toUpperCase()}`, reason }
  if (joint.some(({ id }) => id === item.id))
    return [ended, ...(await failJoint(recording, { item, joint, ...failure }))]
  // Of a request that was closed meanwhile; others who have the same candidate may have waited for its audit alone.
  await failItem(recording, item, failure)
  const candidate = item.resultVersionId
  const following = candidate === null ? [] : await concludeIfPassed(recording, { joint, versionId: candidate })
  return [ended, ...following]
}

const checkpointColumns = ({ weights, state }: CheckpointRef) => ({
  weightsDigest: weights.digest,
  weightsSize: weights.size,
  stateDigest: state.digest,
  stateSize: state.size,
})

async function markProduct(
  { tx, run, now }: Recording,
  reason: string,
  lastGood: CheckpointRef | undefined,
): Promise<void> {
  const { tenantId, datasetVersionId, modelVersionId } = run
  if (run.kind === 'ingest' && datasetVersionId !== null) {
    const version = await tx.datasetVersion.update({
      where: { tenantId_id: { tenantId, id: datasetVersionId } },
      data: { state: 'FAILED', failure: reason },
    })
    await announce(tx, { tenantId, aggregate: 'dataset', id: version.datasetId, now })
  }
  if ((run.kind === 'pretrain' || run.kind === 'unlearn') && modelVersionId !== null) {
    const version = await tx.modelVersion.update({
      where: { tenantId_id: { tenantId, id: modelVersionId } },
      // Named, so that it is found when what it learned must be forgotten.
      data: { state: 'FAILED', ...(lastGood === undefined ? {} : checkpointColumns(lastGood)) },
    })
    await announce(tx, { tenantId, aggregate: 'model', id: version.modelId, now })
  }
}
