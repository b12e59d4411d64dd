import type { IngestTask } from '@lethe/bus'
import {
  announce,
  assertRunAllowed,
  assertStorageAllowed,
  keepUpload,
  newId,
  nextDatasetVersionNumber,
  startRun,
  type Tx,
} from '@lethe/db'
import { Digest, DomainError, RunId, type TwinPairing } from '@lethe/domain'
import type { Scope } from '../../context.js'
import { runOnce } from '../../graphql/run-once.js'

export interface RegisterDataset {
  readonly idempotencyKey: string
  readonly name: string
  readonly description: string
  readonly attribution: string
  readonly uploadDigest: string
  readonly imageSize: number
  readonly twins?: TwinPairing | null
}

/** Registers an upload as a dataset, or as a dataset's next version, and begins to read it. */
export const registerDataset = (scope: Scope, input: RegisterDataset): Promise<string> =>
  runOnce(scope, 'registerDataset', input, async (tx, now) => {
    checkTexts(input)
    const { tenantId, viewer } = scope
    const digest = Digest.parse(input.uploadDigest)
    // Before it is looked for: whoever deletes what nobody registered waits for this, or this for them.
    await keepUpload(tx, { tenantId, digest, now })
    const size = await uploadSize(scope, digest)
    await assertRunAllowed(tx, tenantId)
    await assertStorageAllowed(tx, tenantId, size)
    const datasetId = await findOrCreateDataset(tx, scope, input, now)
    const [id, runId] = [newId(), RunId.parse(newId())]
    await tx.datasetVersion.create({
      data: {
        id,
        tenantId,
        datasetId,
        number: await nextDatasetVersionNumber(tx, tenantId, datasetId),
        ingestRunId: runId,
        uploadDigest: digest,
        uploadSize: size,
        imageSize: input.imageSize,
        createdAt: now,
      },
    })
    const task: IngestTask = {
      version: 1,
      tenantId,
      runId,
      kind: 'ingest',
      upload: { digest, size },
      imageSize: input.imageSize,
      ...(input.twins == null ? {} : { twins: input.twins }),
    }
    await startRun(tx, { task, now, datasetVersionId: id, requestedBy: viewer.userId })
    await announce(tx, { tenantId, aggregate: 'dataset', id: datasetId, now })
    return { id, evidence: [] }
  })

function checkTexts({ name, description, attribution, imageSize }: RegisterDataset): void {
  if (name.trim().length < 1 || name.length > 100)
    throw new DomainError('INVALID_INPUT', 'Name the dataset in 1 to 100 characters.', 'input.name')
  if (description.length > 4000)
    throw new DomainError('INVALID_INPUT', 'Describe the dataset in at most 4000 characters.', 'input.description')
  if (attribution.length > 4000)
    throw new DomainError('INVALID_INPUT', 'Keep the attribution to at most 4000 characters.', 'input.attribution')
  if (imageSize < 8 || imageSize > 512)
    throw new DomainError('INVALID_INPUT', 'Pictures are fitted into 8 to 512 pixels.', 'input.imageSize')
}

async function uploadSize({ services, tenantId }: Scope, digest: Digest): Promise<number> {
  const size = await services.artifacts.sizeOf(tenantId, digest)
  if (size !== null) return size
  throw new DomainError(
    'UPLOAD_MISSING',
    'These bytes have not arrived: ask for an upload address with createUpload and PUT them there first.',
    'input.uploadDigest',
  )
}

async function findOrCreateDataset(tx: Tx, { tenantId }: Scope, input: RegisterDataset, now: Date): Promise<string> {
  const name = input.name.trim()
  const found = await tx.dataset.findFirst({ where: { name } })
  if (found === null) {
    const { description, attribution } = input
    const created = await tx.dataset.create({
      data: { id: newId(), tenantId, name, description, attribution, createdAt: now },
    })
    return created.id
  }
  const changed = {
    ...(input.description === '' ? {} : { description: input.description }),
    ...(input.attribution === '' ? {} : { attribution: input.attribution }),
  }
  await tx.dataset.update({ where: { tenantId_id: { tenantId, id: found.id } }, data: changed })
  return found.id
}
