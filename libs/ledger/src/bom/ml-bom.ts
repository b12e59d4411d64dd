import { createHash } from 'node:crypto'
import { ledgerError } from '../errors.js'
import { versionFiles } from '../model-signing/version-files.js'
import { canonicalJson } from '../statement/canonical-json.js'
import type { Statement } from '../statement/statement.js'
import {
  type BomLabels,
  type BomSource,
  bomSourceOf,
  digestOf,
  nameOf,
  packRef,
  type VersionStatement,
  versionRef,
} from './bom-source.js'
import { modelCardOf } from './model-card.js'

/**
 * CycloneDX 1.7 bill of materials of model versions, as RFC 8785 JSON: each with its files, card, pedigree and how it was
 * made, and the datasets that went in. Made of statements alone but for names, so every digest in it is one that the log
 * has signed; equal statements give an equal text. No sample and no person is in it.
 *
 * @param about the version that the bill is of; without it, of all whose making is stated
 * @throws DomainError STATEMENT_MALFORMED where no statement says how it was made
 */
export function mlBom(statements: readonly Statement[], labels: BomLabels, about?: string): string {
  const source = bomSourceOf(statements, labels)
  const isAbout = ({ predicate }: VersionStatement) => predicate.modelVersionId === about
  const main = source.versions.find(isAbout)
  if (about !== undefined && main === undefined)
    throw ledgerError('STATEMENT_MALFORMED', 'No statement says how this model version was made.', 'about')
  const others = source.versions.filter((version) => version !== main)
  const bom = {
    $schema: 'http://cyclonedx.org/schema/bom-1.7.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.7',
    version: 1,
    metadata: {
      timestamp: source.at,
      tools: { components: [{ type: 'application', name: 'lethe' }] },
      ...(main && { component: versionComponent(main, source) }),
      properties: propertiesOf({ tenant: source.versions[0]?.recorded.tenantId }),
    },
    components: [...others.map((version) => versionComponent(version, source)), ...packComponents(source)],
    dependencies: dependenciesOf(source),
    formulation: [{ 'bom-ref': 'formulation', workflows: source.versions.map(workflowOf) }],
  }
  return canonicalJson({ ...bom, serialNumber: serialNumberOf(canonicalJson(bom)) })
}

function versionComponent(version: VersionStatement, source: BomSource): object {
  const { predicate } = version
  const weights = digestOf(version, 'weights')
  return {
    type: 'machine-learning-model',
    'bom-ref': versionRef(predicate.modelVersionId),
    name: nameOf(version, source.labels),
    version: String(predicate.number),
    ...(weights !== undefined && { hashes: hashesOf(weights) }),
    components: (['weights', 'state', 'signature'] as const).flatMap((part) => {
      const digest = digestOf(version, part)
      return digest === undefined ? [] : [{ type: 'file', name: versionFiles[part], hashes: hashesOf(digest) }]
    }),
    ...(version.kind === 'model-unlearned/v1' && { pedigree: pedigreeOf(version, source) }),
    modelCard: modelCardOf(version, source),
    properties: propertiesOf({
      origin: predicate.origin,
      'forget-sets': predicate.excluded.length,
      'wall-seconds': predicate.cost.wallSeconds,
      'cpu-seconds': predicate.cost.cpuSeconds,
      'peak-memory-bytes': predicate.cost.peakMemoryBytes,
      device: predicate.cost.device,
    }),
  }
}

type Unlearned = Extract<VersionStatement, { kind: 'model-unlearned/v1' }>

function pedigreeOf({ predicate }: Unlearned, source: BomSource): object {
  const { parent, method, forgetCount, origin } = predicate
  const known = source.versions.find((version) => version.predicate.modelVersionId === parent.modelVersionId)
  const purpose = origin === 'comparison' ? 'as a baseline for the audit' : 'on an erasure request'
  return {
    ancestors: [
      {
        type: 'machine-learning-model',
        name: known ? nameOf(known, source.labels) : versionRef(parent.modelVersionId),
        ...(known && { version: String(known.predicate.number) }),
        hashes: hashesOf(parent.weightsDigest),
      },
    ],
    notes: `Unlearned ${forgetCount} samples by ${method}, ${purpose}.`,
  }
}

/** Each pack that a version was trained on. */
function packComponents({ versions, datasets, redactedPacks, labels }: BomSource): object[] {
  const packs = new Map(versions.map(({ predicate: { data } }) => [packRef(data), data]))
  return [...packs].map(([ref, { datasetVersionId, packDigest }]) => {
    const registered = datasets.get(datasetVersionId)?.predicate
    const label = labels.datasets.get(datasetVersionId)
    const name = label?.name ?? `dataset-version/${datasetVersionId}`
    return {
      type: 'data',
      'bom-ref': ref,
      name,
      ...(registered && { version: String(registered.number) }),
      hashes: hashesOf(packDigest),
      ...(label && label.attribution !== '' && { copyright: label.attribution }),
      data: [{ type: 'dataset', name, contents: { properties: propertiesOf({ samples: registered?.samples }) } }],
      properties: propertiesOf({
        'image-size': registered?.imageSize,
        'exact-duplicates': registered?.exactDuplicates,
        'near-duplicates': registered?.nearDuplicates,
        quarantined: registered?.quarantined,
        redacted: redactedPacks.has(packDigest) ? 'an erasure has taken samples out of it since' : undefined,
      }),
    }
  })
}

function dependenciesOf({ versions }: BomSource): object[] {
  const refs = new Set(versions.map(({ predicate }) => versionRef(predicate.modelVersionId)))
  const packs = new Set(versions.map(({ predicate }) => packRef(predicate.data)))
  return [
    ...versions.map(({ predicate }) => {
      const parent = 'parent' in predicate ? versionRef(predicate.parent.modelVersionId) : undefined
      const isHere = parent !== undefined && refs.has(parent)
      return {
        ref: versionRef(predicate.modelVersionId),
        dependsOn: [packRef(predicate.data), ...(isHere ? [parent] : [])],
      }
    }),
    ...[...packs].map((ref) => ({ ref })),
  ]
}

/** How a version was made: CycloneDX formulation, from its SLSA provenance. */
function workflowOf({ predicate }: VersionStatement): object {
  const { buildDefinition, runDetails, modelVersionId, runId, data } = predicate
  const { externalParameters, internalParameters, buildType } = buildDefinition
  const { recipe } = externalParameters
  return {
    'bom-ref': `run/${runId}`,
    uid: runId,
    name: buildType,
    taskTypes: ['build'],
    timeStart: runDetails.metadata.startedOn,
    timeEnd: runDetails.metadata.finishedOn,
    inputs: [{ resource: { ref: packRef(data) } }],
    outputs: [{ type: 'artifact', resource: { ref: versionRef(modelVersionId) } }],
    properties: propertiesOf({
      recipe: canonicalJson({ ...recipe }),
      unlearning: 'unlearning' in externalParameters ? canonicalJson({ ...externalParameters.unlearning }) : undefined,
      ...internalParameters,
      builder: canonicalJson(runDetails.builder),
    }),
  }
}

const hashesOf = (sha256: string) => [{ alg: 'SHA-256', content: sha256 }]

const propertiesOf = (members: Readonly<Record<string, string | number | undefined>>) =>
  Object.entries(members).flatMap(([name, value]) =>
    value === undefined ? [] : [{ name: `lethe:${name}`, value: String(value) }],
  )

/** UUID version 8 (RFC 9562 §5.8) from the SHA-256 of the rest. */
function serialNumberOf(text: string): string {
  const bytes = createHash('sha256').update(text).digest().subarray(0, 16)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  return `urn:uuid:${bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')}`
}
