import { readBomLabels, readVersionEvidence, type ModelVersion as VersionRow } from '@lethe/db'
import { type Action, Digest, isDomainError } from '@lethe/domain'
import { mlBom, parseStatement, versionFiles } from '@lethe/ledger'
import { may } from '../../access/may.js'
import type { Scope } from '../../context.js'
import { shape } from '../../graphql/node.js'
import { ModelFile } from './model.types.js'

interface Served {
  readonly mediaType: string
  /** Who may download it: weights and state are what was learned, the others only speak of it. */
  readonly action: Action
  /** The blob; null for what is made when it is asked for, undefined where there is none. */
  readonly digestOf: (row: VersionRow) => string | null | undefined
}

const served: Readonly<Record<string, Served>> = {
  [versionFiles.weights]: {
    mediaType: 'application/octet-stream',
    action: 'model:download',
    digestOf: (row) => (row.destroyedAt === null ? (row.weightsDigest ?? undefined) : undefined),
  },
  [versionFiles.state]: {
    mediaType: 'application/octet-stream',
    action: 'model:download',
    digestOf: (row) => (row.destroyedAt === null ? (row.stateDigest ?? undefined) : undefined),
  },
  [versionFiles.signature]: {
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    action: 'model:read',
    digestOf: (row) => row.signatureDigest ?? undefined,
  },
  [versionFiles.bom]: {
    mediaType: 'application/vnd.cyclonedx+json; version=1.7',
    action: 'model:read',
    digestOf: (row) => (row.weightsDigest === null ? undefined : null),
  },
}

/** Who may have a file of this name; undefined where there is no such file. */
export const actionOfFile = (name: string): Action | undefined =>
  Object.hasOwn(served, name) ? served[name]?.action : undefined

/** What an erasure deletes of a version. */
export const isDestroyedFile = (name: string): boolean => name === versionFiles.weights || name === versionFiles.state

/** What the viewer may download of a version, under the names that its signature knows. */
export const listFiles = ({ viewer }: Scope, row: VersionRow): ModelFile[] =>
  Object.entries(served).flatMap(([name, { action, digestOf }]) => {
    const digest = digestOf(row)
    if (digest === undefined || !may(viewer, action)) return []
    return [shape(ModelFile, { name, digest, path: `/v1/model-versions/${row.id}/${name}` })]
  })

/** A file of a version, or null where it has none of this name. The caller has asked for {@link actionOfFile}. */
export async function readVersionFile(
  scope: Scope,
  row: VersionRow,
  name: string,
): Promise<{ bytes: Uint8Array; mediaType: string } | null> {
  const file = served[name]
  const digest = file?.digestOf(row)
  if (file === undefined || digest === undefined) return null
  const bytes = digest === null ? await bomOf(scope, row) : await readBlob(scope, digest)
  return bytes && { bytes, mediaType: file.mediaType }
}

/** A blob may be on record and gone: closing a request deletes what it must. */
async function readBlob({ services, tenantId }: Scope, digest: string): Promise<Uint8Array | null> {
  try {
    return await services.artifacts.get(tenantId, Digest.parse(digest))
  } catch (error) {
    if (isDomainError(error) && error.code === 'ARTIFACT_MISSING') return null
    throw error
  }
}

/** Made anew from the log each time, since audits come later; null where nothing is on record of the version. */
async function bomOf(
  { db, tenantId, reach }: Scope,
  { id, modelId, datasetVersionId }: VersionRow,
): Promise<Uint8Array | null> {
  const known = await reach()
  const statements = (await readVersionEvidence(db, { tenantId, modelVersionId: id }))
    .map(parseStatement)
    // Other cases' audits of the same version are none of an auditor's business.
    .filter(
      ({ recorded: { erasureRequestId } }) =>
        known === null || erasureRequestId === undefined || known.requestIds.includes(erasureRequestId),
    )
  const isStated = statements.some(
    ({ kind, predicate }) =>
      (kind === 'model-trained/v1' || kind === 'model-unlearned/v1') && predicate.modelVersionId === id,
  )
  if (!isStated) return null
  return Buffer.from(mlBom(statements, await readBomLabels(db, [{ modelId, data: { datasetVersionId } }]), id))
}
