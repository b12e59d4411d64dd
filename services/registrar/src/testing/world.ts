import { IngestedSample } from '@lethe/bus'
import {
  announce,
  batchErasures,
  beginUnlearning,
  commitToRequest,
  moveErasureRequest,
  newId,
  nextErasureRequestNumber,
  nextModelVersionNumber,
  planThings,
  promoteModelVersion,
  type Run,
  standingForgetSets,
  startBatch,
  startClock,
  startRun,
  toJson,
} from '@lethe/db'
import {
  AuditPolicy,
  auditPolicyDigest,
  type ContentId,
  forgetSetBytes,
  freezeForgetSet,
  TrainingRecipe,
  UnlearningRecipe,
} from '@lethe/domain'
import { recordEvidence } from '../record-evidence.js'
import { recordResult } from '../results/record-result.js'
import { succeeded, trained } from './results.js'
import { blobOf, type Rig } from './rig.js'

export const recipe = TrainingRecipe.parse({
  framework: 'simclr',
  encoder: { kind: 'compact-conv' },
  views: {},
  temperature: 0.5,
  epochs: 1,
  batchSize: 2,
  optimizer: { learningRate: 0.1 },
  seed: 1,
})
export const unlearning = UnlearningRecipe.parse({ method: 'alignment-calibration', learningRate: 0.01, seed: 1 })
export const fineTuning = UnlearningRecipe.parse({ method: 'fine-tune', learningRate: 0.01, seed: 1 })
const policy = AuditPolicy.parse({ version: 1 })
const requester = newId()

export const contentIdOf = (name: string): ContentId => blobOf(`picture ${name}`).digest as string as ContentId

const sampleOf = (owner: string, split: string, index: number): IngestedSample =>
  IngestedSample.parse({
    index,
    contentId: contentIdOf(`${owner}-${index}`),
    key: `${owner}-${index}`,
    label: 'label',
    group: null,
    owner,
    split,
    nearDuplicateOf: null,
  })

export const samples = [
  ...Array.from({ length: 3 }, (_, i) => sampleOf('ruth', 'train', i)),
  ...Array.from({ length: 3 }, (_, i) => sampleOf('grace', 'train', 3 + i)),
  sampleOf('ruth', 'held-out', 6),
]

/** A file that holds pictures, as far as the registrar can tell: one line each, under a head that makes it unlike others. */
export const picturesOf = (held: readonly { readonly contentId: string }[], head: string): Buffer =>
  Buffer.from([head, ...held.map(({ contentId }) => pictureOf(contentId))].join('\n'))

export const pictureOf = (contentId: string): string => `pixels of ${contentId}`

export const readRun = (rig: Rig, tenantId: string, id: string): Promise<Run> =>
  rig.gateway.forTenant(tenantId).run.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id } } })

/** A dataset version that is being taken in, as the gateway writes it. */
export async function startIngest(rig: Rig, tenantId: string): Promise<{ versionId: string; run: Run }> {
  const [datasetId, versionId, runId] = [newId(), newId(), newId()]
  const upload = await rig.artifacts.put(tenantId, picturesOf(samples, `upload ${versionId}`))
  await rig.gateway.forTenant(tenantId).$transaction(async (tx) => {
    await tx.dataset.create({ data: { id: datasetId, tenantId, name: datasetId } })
    await tx.datasetVersion.create({
      data: {
        id: versionId,
        tenantId,
        datasetId,
        number: 1,
        uploadDigest: upload.digest,
        uploadSize: upload.size,
        imageSize: 32,
      },
    })
    const task = { version: 1, kind: 'ingest', tenantId, runId, upload, imageSize: 32 } as const
    await startRun(tx, { task, now: new Date(), datasetVersionId: versionId })
  })
  return { versionId, run: await readRun(rig, tenantId, runId) }
}

/** A worker's answer to an ingest, its samples stored. */
export async function ingested(rig: Rig, run: Run, rows: readonly object[] = samples) {
  const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join('')
  const blob = await rig.artifacts.put(run.tenantId, Buffer.from(lines))
  return succeeded(run, {
    kind: 'ingest',
    pack: await rig.artifacts.put(run.tenantId, picturesOf(samples, `pack ${run.id}`)),
    samples: blob,
    sampleCount: samples.length,
    exactDuplicates: 1,
    nearDuplicates: 0,
    quarantined: [{ key: 'bad', reason: 'not a picture' }],
    quarantinedCount: 1,
  })
}

/** A tenant with a dataset version that is READY. */
export async function createDataset(rig: Rig): Promise<{ tenantId: string; datasetVersionId: string }> {
  const tenantId = await rig.test.createTenant()
  const { versionId, run } = await startIngest(rig, tenantId)
  await recordResult(rig.context, await ingested(rig, run))
  return { tenantId, datasetVersionId: versionId }
}

/** A model being pretrained on the dataset version. */
export async function startPretraining(rig: Rig, on: { tenantId: string; datasetVersionId: string; modelId?: string }) {
  const { tenantId, datasetVersionId } = on
  const [versionId, runId] = [newId(), newId()]
  const modelId = on.modelId ?? newId()
  await rig.gateway.forTenant(tenantId).$transaction(async (tx) => {
    if (on.modelId === undefined)
      await tx.model.create({ data: { id: modelId, tenantId, name: modelId, framework: 'simclr' } })
    const { packDigest, packSize } = await tx.datasetVersion.findFirstOrThrow({ where: { id: datasetVersionId } })
    const excluded = await standingForgetSets(tx, { tenantId, datasetVersionId })
    await tx.modelVersion.create({
      data: {
        id: versionId,
        tenantId,
        modelId,
        number: await nextModelVersionNumber(tx, tenantId, modelId),
        origin: 'pretrain',
        datasetVersionId,
        runId,
        recipe: toJson(recipe),
        excluded: toJson(excluded),
      },
    })
    const pack = { digest: packDigest, size: Number(packSize) }
    const task = { version: 1, kind: 'pretrain', tenantId, runId, pack, excluded, recipe } as const
    await startRun(tx, { task, now: new Date(), modelVersionId: versionId, datasetVersionId })
  })
  return { modelId, versionId, run: await readRun(rig, tenantId, runId) }
}

/** A model whose first version serves. */
export async function createProductionModel(rig: Rig, on: { tenantId: string; datasetVersionId: string }) {
  const { modelId, versionId, run } = await startPretraining(rig, on)
  await recordResult(rig.context, trained(run))
  await rig.gateway.forTenant(on.tenantId).$transaction((tx) =>
    promoteModelVersion(tx, {
      tenantId: on.tenantId,
      modelVersionId: versionId,
      decidedBy: requester,
      now: new Date(),
    }),
  )
  return { modelId, versionId }
}

interface Planned {
  readonly tenantId: string
  readonly owner: string
  readonly versionIds: readonly string[]
  readonly comparisons?: readonly UnlearningRecipe[]
  /** Other than all of the owner's. */
  readonly contentIds?: readonly ContentId[]
}

/** An erasure request of one owner whose plan is approved: unlearn these versions, with fine-tuning beside. */
export async function approveErasure(rig: Rig, input: Planned): Promise<{ requestId: string; runIds: string[] }> {
  const { tenantId } = input
  const requestId = await planErasure(rig, input)
  const now = rig.context.now()
  return rig.gateway.forTenant(tenantId).$transaction(async (tx) => {
    await moveErasureRequest(tx, { tenantId, requestId, to: 'APPROVED', now })
    const { runIds } = await beginUnlearning(tx, { tenantId, requestId, now })
    return { requestId, runIds }
  })
}

/** Requests whose plans are approved each by itself, and that share one run. */
export async function approveTogether(rig: Rig, inputs: readonly Planned[]): Promise<{ requestIds: string[] }> {
  const requestIds: string[] = []
  for (const input of inputs) requestIds.push(await planErasure(rig, input))
  const tenantId = inputs[0]?.tenantId ?? ''
  const now = rig.context.now()
  await rig.gateway.forTenant(tenantId).$transaction(async (tx) => {
    const { batchId, evidence } = await batchErasures(tx, { tenantId, requestIds, createdBy: requester, now })
    for (const requestId of requestIds) await moveErasureRequest(tx, { tenantId, requestId, to: 'APPROVED', now })
    const started = await startBatch(tx, { tenantId, batchId, requestedBy: requester, now })
    await recordEvidence(tx, { tenantId, entries: [...evidence, ...started.evidence], now })
  })
  return { requestIds }
}

async function planErasure(rig: Rig, input: Planned): Promise<string> {
  const { tenantId } = input
  const requestId = newId()
  const now = rig.context.now()
  const forget = freezeForgetSet(
    input.contentIds ?? samples.filter(({ owner }) => owner === input.owner).map(({ contentId }) => contentId),
  )
  const blob = await rig.artifacts.put(tenantId, forgetSetBytes(forget.contentIds))
  return rig.gateway.forTenant(tenantId).$transaction(async (tx) => {
    const owner = await tx.dataOwner.findFirstOrThrow({ where: { subjectKey: input.owner } })
    await tx.erasureRequest.create({
      data: {
        id: requestId,
        tenantId,
        number: await nextErasureRequestNumber(tx, tenantId),
        ownerId: owner.id,
        ground: 'GDPR Art. 17(1)(b)',
        requestedBy: requester,
        forgetDigest: forget.digest,
        ...(await commitToRequest(tx, { tenantId, ownerId: owner.id, forgetDigest: forget.digest })),
        forgetSize: blob.size,
        forgetCount: forget.contentIds.length,
        policy: toJson(policy),
        policyDigest: auditPolicyDigest(policy),
        receivedAt: now,
      },
    })
    await tx.forgetSetSample.createMany({
      data: forget.contentIds.map((contentId) => ({ tenantId, requestId, contentId })),
    })
    await startClock(tx, {
      tenantId,
      requestId,
      statuteId: 'gdpr-12-3',
      timeZone: 'Europe/Berlin',
      holidays: [],
      at: now,
      now,
    })
    await tx.planItem.createMany({
      data: input.versionIds.map((modelVersionId) => ({
        id: newId(),
        tenantId,
        requestId,
        modelVersionId,
        action: 'UNLEARN',
        unlearning: toJson(unlearning),
        comparisons: toJson(input.comparisons ?? [fineTuning]),
      })),
    })
    const items = input.versionIds.map((modelVersionId) => ({ modelVersionId, action: 'UNLEARN' as const }))
    await planThings(tx, { tenantId, requestId, items })
    for (const to of ['VERIFIED', 'PLANNED'] as const) await moveErasureRequest(tx, { tenantId, requestId, to, now })
    await announce(tx, { tenantId, aggregate: 'erasure-request', id: requestId, now })
    return requestId
  })
}
