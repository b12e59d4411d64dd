import { BUILDER_ID, buildTypes, type EvidenceEntry, type EvidenceSubject, sha256 } from '@lethe/domain'
import {
  commitments,
  cost,
  files,
  ids,
  opening,
  provenance,
  recipe,
  signatures,
  subject,
  unlearning,
} from './small-case-things.js'

export const registered: EvidenceEntry = {
  kind: 'dataset-registered/v1',
  subjects: [subject(`dataset-version/${ids.datasetVersion}/pack`, files.pack)],
  predicate: {
    datasetId: ids.dataset,
    datasetVersionId: ids.datasetVersion,
    number: 1,
    imageSize: 2,
    samples: 596,
    exactDuplicates: 0,
    nearDuplicates: 0,
    quarantined: 0,
  },
}

const modelFiles = (version: string) => [
  subject(`model-version/${version}/weights`, files.weights(version)),
  subject(`model-version/${version}/state`, files.state(version)),
]

const signedFiles = (version: string) => [
  ...modelFiles(version),
  subject(`model-version/${version}/signature`, signatures.get(version) ?? ''),
]

const version = (id: string, number: number) => ({
  modelId: ids.model,
  modelVersionId: id,
  number,
  runId: ids.run(number),
  data: { datasetVersionId: ids.datasetVersion, packDigest: sha256(files.pack), trainCount: 196 },
  cost,
})

const internalParameters = { backend: 'cpu', device: 'cpu', platform: 'linux-x64' }

const runDetails = (number: number, date: string) => ({
  builder: { id: BUILDER_ID, version: { code: provenance.codeVersion, tfjs: provenance.tfjsVersion } },
  metadata: {
    invocationId: ids.run(number),
    startedOn: `${date}T08:59:58.000Z`,
    finishedOn: `${date}T08:59:59.500Z`,
  },
  byproducts: [],
})

const artifact = ({ name, digest }: EvidenceSubject) => ({ uri: `lethe:${name}`, digest })

const pack = artifact(subject(`dataset-version/${ids.datasetVersion}/pack`, files.pack))

export const trained: EvidenceEntry = {
  kind: 'model-trained/v1',
  subjects: signedFiles(ids.original),
  predicate: {
    ...version(ids.original, 1),
    origin: 'pretrain',
    excluded: [],
    buildDefinition: {
      buildType: buildTypes.pretrain,
      externalParameters: { recipe, excluded: [] },
      internalParameters,
      resolvedDependencies: [pack],
    },
    runDetails: runDetails(1, '2026-03-01'),
  },
}

export const unlearned: EvidenceEntry = {
  kind: 'model-unlearned/v1',
  subjects: signedFiles(ids.unlearned),
  erasureRequestId: ids.request,
  predicate: {
    ...version(ids.unlearned, 2),
    origin: 'unlearn',
    excluded: [commitments.forgetSet],
    parent: { modelVersionId: ids.original, weightsDigest: sha256(files.weights(ids.original)) },
    method: unlearning.method,
    forgetSetCommitment: commitments.forgetSet,
    forgetCount: opening.forgetSet.contentIds.length,
    buildDefinition: {
      buildType: buildTypes.unlearn,
      externalParameters: { recipe, unlearning, excluded: [], forgetSet: commitments.forgetSet },
      internalParameters,
      resolvedDependencies: [pack, ...modelFiles(ids.original).map(artifact)],
    },
    runDetails: runDetails(2, '2026-03-06'),
  },
}
