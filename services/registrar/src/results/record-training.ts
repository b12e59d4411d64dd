import type { PretrainOutput, UnlearnOutput } from '@lethe/bus'
import { announce, toJson } from '@lethe/db'
import { type Digest, DomainError, type ErasureState, type EvidenceEntry, isFinal } from '@lethe/domain'
import { advancePlanItem } from './advance-plan-item.js'
import type { Recording, Succeeded } from './recording.js'
import { trainingEvidence } from './training-evidence.js'

interface Trained {
  readonly output: PretrainOutput | UnlearnOutput
  readonly result: Succeeded
  /** Over the version's files, stored. Null where the run names no version. */
  readonly signature: Digest | null
}

/** A model version has its weights. One that nobody waits for any more is kept on record, but never serves. */
export async function recordTraining(
  recording: Recording,
  { output, result, signature }: Trained,
): Promise<EvidenceEntry[]> {
  const { tx, run, now } = recording
  const { tenantId, modelVersionId } = run
  if (modelVersionId === null || signature === null)
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
      signatureDigest: signature,
      curve: toJson(output.curve),
      provenance: toJson(output.provenance),
      cost: toJson(result.cost),
      readyAt: now,
    },
  })
  await announce(tx, { tenantId, aggregate: 'model', id: version.modelId, now })
  const followUp = run.planItemId === null ? [] : await advancePlanItem(recording)
  return [...(await trainingEvidence(recording, { version, result, signature }, output)), ...followUp]
}

async function isUnwanted({ tx, run }: Recording): Promise<boolean> {
  if (run.requestId === null) return false
  const request = await tx.erasureRequest.findUniqueOrThrow({
    where: { tenantId_id: { tenantId: run.tenantId, id: run.requestId } },
    select: { state: true },
  })
  return isFinal(request.state as ErasureState)
}
