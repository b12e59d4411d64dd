import { createHash } from 'node:crypto'
import { newId } from '@lethe/db'
import type { GatewayRig, TestTenant } from './gateway-rig.js'

export const hex = (text: string): string => createHash('sha256').update(text).digest('hex')

export interface SeededData {
  readonly datasetId: string
  readonly datasetVersionId: string
  readonly modelId: string
  readonly modelVersionId: string
  readonly ownerId: string
  readonly subjectKey: string
  /** Of the data owner who can sign in: all but the last in the train split. */
  readonly contentIds: readonly string[]
  /** Of somebody else. */
  readonly otherContentIds: readonly string[]
}

const trainCount = 40

/** What compute and registrar would have left behind: a dataset that is READY and a model version trained on it. */
export async function seedModel(
  { sql }: Pick<GatewayRig, 'sql'>,
  tenant: Pick<TestTenant, 'id'>,
  slug: string,
): Promise<SeededData> {
  const [datasetId, datasetVersionId, modelId, modelVersionId, strangerId] = Array.from({ length: 5 }, () =>
    newId(),
  ) as [string, string, string, string, string]
  const subjectKey = `subject-${slug}`
  const [owner] = await sql('SELECT id FROM data_owner WHERE tenant_id = $1 AND subject_key = $2', [
    tenant.id,
    subjectKey,
  ])
  const ownerId = owner?.['id'] as string
  await sql('INSERT INTO data_owner (id, tenant_id, subject_key) VALUES ($1, $2, $3)', [
    strangerId,
    tenant.id,
    'stranger',
  ])
  await sql('INSERT INTO dataset (id, tenant_id, name) VALUES ($1, $2, $3)', [
    datasetId,
    tenant.id,
    `pictures of ${slug}`,
  ])
  await sql(
    `INSERT INTO dataset_version (id, tenant_id, dataset_id, number, state, upload_digest, upload_size, pack_digest,
       pack_size, image_size, sample_count, ready_at) VALUES ($1, $2, $3, 1, 'READY', $4, 1, $5, 1, 8, 60, now())`,
    [datasetVersionId, tenant.id, datasetId, hex(`upload ${slug}`), hex(`pack ${slug}`)],
  )
  const content = (index: number) => hex(`${slug} ${index}`)
  await sql(
    `INSERT INTO sample (tenant_id, dataset_version_id, index, content_id, key, label, owner_id, split)
     SELECT $1, $2, i, ($3::text[])[i + 1], 'key-' || i, 'label',
            CASE WHEN i < 8 OR i = 59 THEN $4::uuid ELSE $5::uuid END,
            CASE WHEN i < ${trainCount} THEN 'train' ELSE 'held-out' END
     FROM generate_series(0, 59) AS i`,
    [tenant.id, datasetVersionId, Array.from({ length: 60 }, (_, index) => content(index)), ownerId, strangerId],
  )
  const recipe = {
    framework: 'simclr',
    encoder: { kind: 'compact-conv', widths: [8], projection: { hidden: 8, output: 8 } },
    views: { strength: 0.5, flip: true },
    temperature: 0.1,
    epochs: 10,
    batchSize: 8,
    optimizer: { learningRate: 0.12, momentum: 0.9, weightDecay: 0.0005, warmupEpochs: 0 },
    seed: 1,
  }
  await sql(`INSERT INTO model (id, tenant_id, name, framework) VALUES ($1, $2, $3, 'simclr')`, [
    modelId,
    tenant.id,
    `model of ${slug}`,
  ])
  await sql(
    `INSERT INTO model_version (id, tenant_id, model_id, number, state, origin, dataset_version_id, run_id, recipe,
       weights_digest, weights_size, state_digest, state_size, cost, ready_at)
     VALUES ($1, $2, $3, 1, 'READY', 'pretrain', $4, $5, $6, $7, 10, $8, 10, $9, now())`,
    [
      modelVersionId,
      tenant.id,
      modelId,
      datasetVersionId,
      newId(),
      recipe,
      hex(`weights ${slug}`),
      hex(`state ${slug}`),
      { wallSeconds: 400, cpuSeconds: 400, peakMemoryBytes: 1, device: 'test' },
    ],
  )
  const ids = Array.from({ length: 60 }, (_, index) => content(index))
  return {
    datasetId,
    datasetVersionId,
    modelId,
    modelVersionId,
    ownerId,
    subjectKey,
    contentIds: [...ids.slice(0, 8), ...ids.slice(59)],
    otherContentIds: ids.slice(8, 59),
  }
}

/** An erasure request about the seeded model, which the tenant's auditor may look into. */
export async function seedCase(rig: GatewayRig, tenant: TestTenant, data: SeededData): Promise<string> {
  const { data: asked } = await rig.graphql(
    tenant.tokens.privacy_officer,
    'mutation ($input: RequestErasureInput!) { requestErasure(input: $input) { ... on ErasureRequest { id } } }',
    { input: { idempotencyKey: newId(), ground: 'Art. 17', selection: { subjectKey: data.subjectKey } } },
  )
  const { id } = asked?.['requestErasure'] as { id: string }
  await rig.sql(
    `INSERT INTO audit (id, tenant_id, request_id, plan_item_id, number, run_id, before_version_id, after_version_id,
       verdict, report) VALUES ($1, $2, $3, $4, 1, $5, $6, $6, 'PASS', '{}')`,
    [newId(), tenant.id, id, newId(), newId(), data.modelVersionId],
  )
  await rig.openCases(tenant, [id])
  return id
}
