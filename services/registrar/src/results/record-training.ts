import type { PretrainOutput, UnlearnOutput } from '@lethe/bus'
import { announce, type ModelVersion, toJson } from '@lethe/db'
import { DomainError, type ErasureState, type EvidenceEntry, isFinal, type RunCost } from '@lethe/domain'
import { advancePlanItem } from './advance-plan-item.js'
import type { Recording } from './recording.js'

/** A model version has its weights. One that nobody waits for any more is kept on record, but never serves. */
export async function recordTraining(
  recording: Recording,
  output: PretrainOutput | UnlearnOutput,
  cost: RunCost,
): Promise<EvidenceEntry[]> {
  const { tx, run, now } = recording
  const { tenantId, modelVersionId } = run
  if (modelVersionId === null)
    throw new DomainError('RESULT_MISMATCH', 'The run names no model version.', 'modelVersionId')
  const { weights, state } = output.checkpoint
  const version = await tx.modelVersion.update({
    where: { tenantId_id: { tenantId, id: modelVersionId } },
    data: {
      state: (await isUnwanted(recording)) ? 'REJECTED' : 'READY',
      weightsDigest: weights.digest,
      weightsSize: weights.size,
      stateDigest: state.digest,
      stateSize: state.size,
      curve: toJson(output.curve),
      provenance: toJson(output.provenance),
      cost: toJson(cost),
      readyAt: now,
    },
  })
  await announce(tx, { tenantId, aggregate: 'model', id: version.modelId, now })
  const followUp = run.planItemId === null ? [] : await advancePlanItem(recording)
  return [await trainingEvidence(recording, version, output, cost), ...followUp]
}

async function isUnwanted({ tx, run }: Recording): Promise<boolean> {
  if (run.requestId === null) return false
  const request = await tx.erasureRequest.findUniqueOrThrow({
    where: { tenantId_id: { tenantId: run.tenantId, id: run.requestId } },
    select: { state: true },
  })
  return isFinal(request.state as ErasureState)
}

async function trainingEvidence(
  { tx, run }: Recording,
  version: ModelVersion,
  output: PretrainOutput | UnlearnOutput,
  cost: RunCost,
): Promise<EvidenceEntry> {
  const { tenantId } = run
  const data = await tx.datasetVersion.findUniqueOrThrow({
    where: { tenantId_id: { tenantId, id: version.datasetVersionId } },
    select: { packDigest: true },
  })
  const parent =
    version.parentId === null
      ? null
      : await tx.modelVersion.findUnique({ where: { tenantId_id: { tenantId, id: version.parentId } } })
  const { weights, state } = output.checkpoint
  return {
    kind: output.kind === 'pretrain' ? 'model-trained/v1' : 'model-unlearned/v1',
    subjects: [
      { name: `model-version/${version.id}/weights`, digest: { sha256: weights.digest } },
      { name: `model-version/${version.id}/state`, digest: { sha256: state.digest } },
    ],
    ...(run.requestId === null ? {} : { erasureRequestId: run.requestId }),
    predicate: {
      modelId: version.modelId,
      modelVersionId: version.id,
      number: version.number,
      origin: version.origin,
      runId: run.id,
      recipe: version.recipe,
      data: { datasetVersionId: version.datasetVersionId, packDigest: data.packDigest, trainCount: output.trainCount },
      excluded: version.excluded,
      ...(output.kind === 'unlearn' && {
        parent: { modelVersionId: version.parentId, weightsDigest: parent?.weightsDigest ?? null },
        method: version.method,
        unlearning: version.unlearning,
        forgetCount: output.forgetCount,
      }),
      provenance: output.provenance,
      cost,
    },
  }
}
