import { newId } from '@lethe/db'
import { createOwnedTenant } from '../../testing/gateway-client.js'
import { adminEmail, type GatewayRig } from '../../testing/gateway-rig.js'
import { seedModel, type SeededData } from '../../testing/seed.js'

/** A tenant among many, with a thing of every kind; whatever has a name has the slug in it. */
export interface CrowdTenant extends SeededData {
  readonly id: string
  /** `crowd-00` and so on. */
  readonly slug: string
  /** Of its owner: a session, and an API key. */
  readonly token: string
  readonly key: string
  readonly requestId: string
  readonly runId: string
  readonly auditId: string
  readonly bundleId: string
  readonly webhookId: string
  /** Bytes of the bundle. */
  readonly archive: string
  /** What its mutations made, in the order in which they were asked for. */
  readonly made: Made[]
  /** The next idempotency key: every tenant uses the same ones. */
  keys: number
}

/** A mutation that was answered, to be sent again. */
export interface Made {
  readonly operation: 'requestErasure' | 'createApiKey' | 'registerDataset'
  readonly input: Readonly<Record<string, unknown>>
  readonly id: string
}

export async function gatherCrowd(rig: GatewayRig, size: number): Promise<readonly CrowdTenant[]> {
  const admin = await rig.signIn(adminEmail)
  const slugs = Array.from({ length: size }, (_, index) => `crowd-${String(index).padStart(2, '0')}`)
  return Promise.all(slugs.map((slug) => settle(rig, slug, admin)))
}

/** What a mutation of the tenant's owner gives. */
async function made<T>(rig: GatewayRig, token: string, query: string, input: object): Promise<T> {
  const { data, errors } = await rig.graphql(token, query, { input: { idempotencyKey: newId(), ...input } })
  const [answer] = Object.values(data ?? {})
  if (errors !== undefined || answer == null) throw new Error(JSON.stringify({ data, errors }))
  return answer as T
}

async function settle(rig: GatewayRig, slug: string, admin: string): Promise<CrowdTenant> {
  const { id, token } = await createOwnedTenant(rig, slug, admin)
  const subjectKey = `subject-${slug}`
  await rig.sql('INSERT INTO data_owner (id, tenant_id, subject_key) VALUES ($1, $2, $3)', [newId(), id, subjectKey])
  const data = await seedModel(rig, { id }, slug)
  const { id: requestId } = await made<{ id: string }>(
    rig,
    token,
    'mutation ($input: RequestErasureInput!) { requestErasure(input: $input) { ... on ErasureRequest { id } } }',
    { ground: `Art. 17 for ${slug}`, selection: { subjectKey } },
  )
  const { secret } = await made<{ secret: string }>(
    rig,
    token,
    'mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { ... on CreatedApiKey { secret } } }',
    { name: `key of ${slug}`, role: 'tenant_owner' },
  )
  const rows = await seedRows(rig, { tenantId: id, slug, requestId, modelVersionId: data.modelVersionId })
  return { ...data, ...rows, id, slug, token, key: secret, requestId, made: [], keys: 0 }
}

/** What services, and an owner in a quiet hour, would have left behind. */
async function seedRows(
  rig: GatewayRig,
  { tenantId, slug, requestId, modelVersionId }: Record<'tenantId' | 'slug' | 'requestId' | 'modelVersionId', string>,
) {
  const [runId, auditId, bundleId, webhookId] = [newId(), newId(), newId(), newId()]
  await rig.sql(
    `INSERT INTO run (id, tenant_id, kind, task, request_id, model_version_id) VALUES ($1, $2, 'unlearn', '{}', $3, $4)`,
    [runId, tenantId, requestId, modelVersionId],
  )
  await rig.sql(
    `INSERT INTO audit (id, tenant_id, request_id, plan_item_id, number, run_id, before_version_id, after_version_id,
       verdict, report) VALUES ($1, $2, $3, $4, 1, $5, $6, $6, 'PASS', '{}')`,
    [auditId, tenantId, requestId, newId(), runId, modelVersionId],
  )
  const archive = `the archive of ${slug}`
  const { digest, size } = await rig.gateway.services.artifacts.put(tenantId, Buffer.from(archive))
  await rig.sql(
    `INSERT INTO evidence_bundle (id, tenant_id, request_id, state, log_size, pinned_at, digest, size, settled_at)
     VALUES ($1, $2, $3, 'READY', 1, now(), $4, $5, now())`,
    [bundleId, tenantId, requestId, digest, size],
  )
  await rig.sql(
    `INSERT INTO webhook_endpoint (id, tenant_id, url, kinds, created_by, created_at, updated_at)
     VALUES ($1, $2, $3, '{run.failed}', $1, now(), now())`,
    [webhookId, tenantId, `https://hook.${slug}.test/`],
  )
  return { runId, auditId, bundleId, webhookId, archive }
}
