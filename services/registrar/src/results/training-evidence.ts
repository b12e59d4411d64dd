import { PretrainTask, type PretrainOutput, UnlearnTask, type UnlearnOutput } from '@lethe/bus'
import { commitmentsOf, type ModelVersion, type Run, type Tx } from '@lethe/db'
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
): Promise<EvidenceEntry> =>
  output.kind === 'pretrain' ? pretrained(recording, trained, output) : unlearned(recording, trained, output)

async function pretrained(recording: Recording, trained: Trained, output: PretrainOutput): Promise<EvidenceEntry> {
  const { tx, run } = recording
  const task = PretrainTask.parse(run.task)
  const excluded = await excludedOf(tx, run.tenantId, task.excluded)
  return {
    kind: 'model-trained/v1',
    ...about(run, trained, output),
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
}

async function unlearned(recording: Recording, trained: Trained, output: UnlearnOutput): Promise<EvidenceEntry> {
  const { tx, run } = recording
  const { version } = trained
  const task = UnlearnTask.parse(run.task)
  const [excluded, forgetSet] = await Promise.all([
    excludedOf(tx, run.tenantId, task.excluded),
    forgetSetOf(tx, run, task.forget.digest),
  ])
  const parentId = version.parentId
  if (parentId === null || (version.origin !== 'unlearn' && version.origin !== 'comparison'))
    throw new DomainError('RESULT_MISMATCH', 'The run unlearns a version that has no parent.', 'modelVersionId')
  const { weights, state } = task.parent
  return {
    kind: 'model-unlearned/v1',
    ...about(run, trained, output),
    predicate: {
      ...described(recording, trained, output, task.pack.digest),
      origin: version.origin,
      excluded: [...excluded, forgetSet],
      parent: { modelVersionId: parentId, weightsDigest: weights.digest },
      method: task.unlearning.method,
      forgetSetCommitment: forgetSet,
      forgetCount: output.forgetCount,
      ...(output.resemblingCount !== undefined && { resemblingCount: output.resemblingCount }),
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

/** Of the request itself, since another may have frozen the same set under another salt. */
async function forgetSetOf(tx: Tx, { tenantId, requestId }: Run, digest: string): Promise<string> {
  if (requestId !== null) {
    const request = await tx.erasureRequest.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id: requestId } } })
    if (request.forgetDigest === digest) return request.forgetSetCommitment
  }
  throw new DomainError('RESULT_MISMATCH', 'The run forgot another set than its request froze.', 'forget')
}

const artifact = (subject: string, digest: string) => ({ uri: `lethe:${subject}`, digest: { sha256: digest } })

const packOf = ({ datasetVersionId }: ModelVersion, digest: string) =>
  artifact(`dataset-version/${datasetVersionId}/pack`, digest)

function about(
  { requestId }: Run,
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
