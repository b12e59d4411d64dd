import { PretrainTask, type PretrainOutput, UnlearnTask, type UnlearnOutput } from '@lethe/bus'
import { commitmentsOf, jointItems, type ModelVersion, type Run, type Tx } from '@lethe/db'
import {
  BUILDER_ID,
  buildTypes,
  type Digest,
  DomainError,
  type EvidenceEntry,
  type EvidenceSubject,
  type Provenance,
  sha256,
} from '@lethe/domain'
import { canonicalJson } from '@lethe/ledger'
import type { Recording, Succeeded } from './recording.js'

interface Trained {
  readonly version: ModelVersion
  readonly result: Succeeded
  /** Over the version's files. */
  readonly signature: Digest
}

/** What a version was made of, by whom and at what cost; of an unlearning also what it was made to forget. */
export const trainingEvidence = (
  recording: Recording,
  trained: Trained,
  output: PretrainOutput | UnlearnOutput,
): Promise<EvidenceEntry[]> =>
  output.kind === 'pretrain' ? pretrained(recording, trained, output) : unlearned(recording, trained, output)

async function pretrained(recording: Recording, trained: Trained, output: PretrainOutput): Promise<EvidenceEntry[]> {
  const { tx, run } = recording
  const task = PretrainTask.parse(run.task)
  const excluded = await excludedOf(tx, run.tenantId, task.excluded)
  const entry: EvidenceEntry = {
    kind: 'model-trained/v1',
    ...about(run.requestId, trained, output),
    predicate: {
      ...described(recording, trained, output, task.pack.digest),
      origin: 'pretrain',
      excluded,
      buildDefinition: {
        buildType: buildTypes.pretrain,
        externalParameters: { recipe: task.recipe, excluded },
        internalParameters: internalParameters(output.provenance),
        resolvedDependencies: [packOf(trained.version, task.pack.digest)],
      },
      runDetails: runDetails(trained, output),
    },
  }
  return [entry]
}

/** One entry for each request whose set the run forgot, so that each has its own. */
async function unlearned(recording: Recording, trained: Trained, output: UnlearnOutput): Promise<EvidenceEntry[]> {
  const { tx, run } = recording
  const task = UnlearnTask.parse(run.task)
  const excluded = await excludedOf(tx, run.tenantId, task.excluded)
  const forgotten = await forgottenBy(tx, run, [task.forget, ...(task.together ?? [])])
  return forgotten.map(({ requestId, forgetSet }) => {
    const together = forgotten.flatMap((other) => (other.requestId === requestId ? [] : [other.forgetSet]))
    return unlearnedFor({ recording, trained, output, task }, { requestId, excluded, forgetSet, together })
  })
}

function unlearnedFor(
  {
    recording,
    trained,
    output,
    task,
  }: { recording: Recording; trained: Trained; output: UnlearnOutput; task: UnlearnTask },
  {
    requestId,
    excluded,
    forgetSet,
    together,
  }: { requestId: string; excluded: string[]; forgetSet: string; together: string[] },
): EvidenceEntry {
  const { version } = trained
  const parentId = version.parentId
  if (parentId === null || (version.origin !== 'unlearn' && version.origin !== 'comparison'))
    throw new DomainError('RESULT_MISMATCH', 'The run unlearns a version that has no parent.', 'modelVersionId')
  const { weights, state } = task.parent
  return {
    kind: 'model-unlearned/v1',
    ...about(requestId, trained, output),
    predicate: {
      ...described(recording, trained, output, task.pack.digest),
      origin: version.origin,
      excluded: [...excluded, forgetSet, ...together],
      parent: { modelVersionId: parentId, weightsDigest: weights.digest },
      method: task.unlearning.method,
      forgetSetCommitment: forgetSet,
      forgetCount: output.forgetCount,
      ...(output.resemblingCount !== undefined && { resemblingCount: output.resemblingCount }),
      ...(together.length > 0 && { together }),
      buildDefinition: {
        buildType: buildTypes.unlearn,
        externalParameters: { recipe: task.recipe, unlearning: task.unlearning, excluded, forgetSet },
        internalParameters: internalParameters(output.provenance),
        resolvedDependencies: [
          packOf(version, task.pack.digest),
          artifact(`model-version/${parentId}/weights`, weights.digest),
          artifact(`model-version/${parentId}/state`, state.digest),
        ],
      },
      runDetails: runDetails(trained, output),
    },
  }
}

const excludedOf = (tx: Tx, tenantId: string, sets: readonly { digest: string }[]): Promise<string[]> =>
  commitmentsOf(
    tx,
    tenantId,
    sets.map(({ digest }) => digest),
  )

/**
 * The requests whose sets a run forgot, each with its own commitment: another may have frozen the same set under another
 * salt. The request on whose account it ran comes first.
 */
async function forgottenBy(
  tx: Tx,
  { tenantId, requestId, planItemId }: Run,
  sets: readonly { digest: string }[],
): Promise<{ requestId: string; forgetSet: string }[]> {
  const digests = new Set(sets.map(({ digest }) => digest))
  const item =
    planItemId === null ? null : await tx.planItem.findUnique({ where: { tenantId_id: { tenantId, id: planItemId } } })
  const ids = item === null ? [] : (await jointItems(tx, item)).map((joint) => joint.requestId)
  const all = requestId === null ? ids : [requestId, ...ids.filter((id) => id !== requestId)]
  const requests = await tx.erasureRequest.findMany({ where: { tenantId, id: { in: all } } })
  const byId = new Map(requests.map((request) => [request.id, request]))
  const forgotten = all.flatMap((id) => {
    const request = byId.get(id)
    return request && digests.has(request.forgetDigest) ? [request] : []
  })
  if (forgotten.length === 0 || new Set(forgotten.map(({ forgetDigest }) => forgetDigest)).size !== digests.size)
    throw new DomainError('RESULT_MISMATCH', 'The run forgot another set than its request froze.', 'forget')
  return forgotten.map(({ id, forgetSetCommitment }) => ({ requestId: id, forgetSet: forgetSetCommitment }))
}

const artifact = (subject: string, digest: string) => ({ uri: `lethe:${subject}`, digest: { sha256: digest } })

const packOf = ({ datasetVersionId }: ModelVersion, digest: string) =>
  artifact(`dataset-version/${datasetVersionId}/pack`, digest)

function about(
  requestId: string | null,
  { version: { id }, signature }: Trained,
  { checkpoint: { weights, state } }: PretrainOutput | UnlearnOutput,
): { subjects: EvidenceSubject[]; erasureRequestId?: string } {
  return {
    subjects: [
      { name: `model-version/${id}/weights`, digest: { sha256: weights.digest } },
      { name: `model-version/${id}/state`, digest: { sha256: state.digest } },
      { name: `model-version/${id}/signature`, digest: { sha256: signature } },
    ],
    ...(requestId === null ? {} : { erasureRequestId: requestId }),
  }
}

const described = (
  { run }: Recording,
  { version, result }: Trained,
  { trainCount }: PretrainOutput | UnlearnOutput,
  packDigest: string,
) => ({
  modelId: version.modelId,
  modelVersionId: version.id,
  number: version.number,
  runId: run.id,
  data: { datasetVersionId: version.datasetVersionId, packDigest, trainCount },
  cost: result.cost,
})

const internalParameters = ({ backend, device, platform }: Provenance) => ({ backend, device, platform })

const runDetails = ({ result }: Trained, { provenance, curve }: PretrainOutput | UnlearnOutput) => ({
  builder: {
    id: BUILDER_ID,
    version: {
      lethe: provenance.codeVersion,
      node: provenance.nodeVersion,
      tfjs: provenance.tfjsVersion,
      [provenance.backend]: provenance.backendVersion,
    },
  },
  metadata: { invocationId: result.runId, startedOn: result.startedAt, finishedOn: result.finishedAt },
  byproducts: [
    {
      uri: `lethe:run/${result.runId}/curve`,
      digest: { sha256: sha256(canonicalJson({ curve })) },
      mediaType: 'application/json',
    },
  ],
})
