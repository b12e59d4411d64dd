import { createHash } from 'node:crypto'
import { newId } from '@lethe/db'
import type { GatewayRig, TestTenant } from './gateway-rig.js'
import { seedModel, type SeededData } from './seed.js'

export interface ManyThings extends SeededData {
  readonly webhookId: string
}

const ids = (count: number): string[] => Array.from({ length: count }, () => newId())

/** Of every kind of thing that the API lists `count` or more, each with what its neighbours are read by. */
export async function seedMany(rig: GatewayRig, tenant: TestTenant, count: number): Promise<ManyThings> {
  const data = await seedModel(rig, tenant, 'acme')
  const versions = await copyLineage(rig, data, count)
  const requests = await askErasures(rig, tenant, data.subjectKey, count)
  await seedWork(rig, tenant, { requests, versions })
  await seedSamplesOfMany(rig, tenant, data, count)
  await seedPeople(rig, tenant, { requests, count })
  await seedPlatform(rig, tenant, { data, count })
  return { ...data, webhookId: await seedWebhooks(rig, tenant, count) }
}

/** A row again and again, with other values in some of its columns. */
const copies = (rig: GatewayRig, table: string, id: string, changes: readonly object[]) =>
  rig.sql(
    `INSERT INTO ${table} SELECT (jsonb_populate_record(t, change)).*
     FROM ${table} t, jsonb_array_elements($2::jsonb) AS change WHERE t.id = $1`,
    [id, JSON.stringify(changes)],
  )

/** Datasets and models with a version each, and more versions of the first ones. Gives the models' versions. */
async function copyLineage(rig: GatewayRig, data: SeededData, count: number): Promise<string[]> {
  const [datasets, datasetVersions, models, modelVersions] = [ids(count), ids(count), ids(count), ids(count)]
  const { datasetId, datasetVersionId, modelId, modelVersionId } = data
  const each = <T extends object>(make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n))
  await copies(
    rig,
    'dataset',
    datasetId,
    each((n) => ({ id: datasets[n], name: `dataset ${n}` })),
  )
  await copies(rig, 'dataset_version', datasetVersionId, [
    ...each((n) => ({ id: datasetVersions[n], dataset_id: datasets[n] })),
    ...each((n) => ({ id: newId(), number: n + 2 })),
  ])
  await copies(
    rig,
    'model',
    modelId,
    each((n) => ({ id: models[n], name: `model ${n}` })),
  )
  await copies(rig, 'model_version', modelVersionId, [
    ...each((n) => ({
      id: modelVersions[n],
      model_id: models[n],
      dataset_version_id: datasetVersions[n],
      parent_id: modelVersionId,
      state: 'PRODUCTION',
    })),
    ...each((n) => ({ id: newId(), number: n + 2, parent_id: modelVersionId })),
  ])
  await rig.sql(
    `UPDATE model m SET production_version_id = v.id FROM model_version v WHERE v.model_id = m.id AND v.state = 'PRODUCTION'`,
  )
  return modelVersions
}

async function askErasures(rig: GatewayRig, tenant: TestTenant, subjectKey: string, count: number): Promise<string[]> {
  const rows = Array.from({ length: count }, (_, n) => `${subjectKey},ground ${n}\n`)
  const imported = await rig.graphql(
    tenant.tokens.privacy_officer,
    'mutation ($input: ImportErasuresInput!) { importErasures(input: $input) { ... on ErasureImport { accepted } } }',
    { input: { idempotencyKey: newId(), csv: `subject_key,ground\n${rows.join('')}` } },
  )
  const found = await rig.sql('SELECT id FROM erasure_request WHERE tenant_id = $1 ORDER BY id', [tenant.id])
  if (found.length !== count) throw new Error(`not all requests were imported: ${JSON.stringify(imported)}`)
  return found.map(({ id }) => String(id))
}

/** A run, an audit and a bundle for each request. */
async function seedWork(
  rig: GatewayRig,
  tenant: TestTenant,
  { requests, versions }: { requests: readonly string[]; versions: readonly string[] },
): Promise<void> {
  const values = [tenant.id, ids(requests.length), requests, versions]
  const each = 'unnest($2::uuid[], $3::uuid[], $4::uuid[]) WITH ORDINALITY AS each (id, request, version, n)'
  await rig.sql(
    `INSERT INTO run (id, tenant_id, kind, task, request_id, model_version_id)
     SELECT id, $1, 'unlearn', '{}', request, version FROM ${each}`,
    values,
  )
  await rig.sql(
    `INSERT INTO audit (id, tenant_id, request_id, plan_item_id, number, run_id, before_version_id, after_version_id,
       verdict, report) SELECT gen_random_uuid(), $1, request, request, n, id, version, version, 'PASS', '{}' FROM ${each}`,
    values,
  )
  await rig.sql(
    `INSERT INTO evidence_bundle (id, tenant_id, request_id, state, log_size, pinned_at)
     SELECT gen_random_uuid(), $1, request, 'QUEUED', 1, now() FROM ${each} WHERE id <> version`,
    values,
  )
}

/** The samples of the first dataset version belong to many. */
async function seedSamplesOfMany(rig: GatewayRig, tenant: TestTenant, data: SeededData, count: number): Promise<void> {
  const owners = ids(count)
  await rig.sql(
    `INSERT INTO data_owner (id, tenant_id, subject_key) SELECT id, $1, 'owner ' || id FROM unnest($2::uuid[]) AS id`,
    [tenant.id, owners],
  )
  await rig.sql(
    'UPDATE sample SET owner_id = ($2::uuid[])[index % $3 + 1] WHERE tenant_id = $1 AND dataset_version_id = $4',
    [tenant.id, owners, count, data.datasetVersionId],
  )
}

/** Members, invitations, keys, providers, and grants to see two requests each. */
async function seedPeople(
  rig: GatewayRig,
  tenant: TestTenant,
  { requests, count }: { requests: readonly string[]; count: number },
): Promise<void> {
  const [people, owner] = [ids(count), tenant.userIds.tenant_owner]
  await rig.sql(
    `INSERT INTO auth."user" ("id", "name", "email", "emailVerified") SELECT id, 'p', id || '@acme.test', true
     FROM unnest($1::text[]) AS id`,
    [people],
  )
  await rig.sql(
    `INSERT INTO auth."member" ("id", "organizationId", "userId", "role", "createdAt")
     SELECT id, $1, id, 'engineer', now() FROM unnest($2::text[]) AS id`,
    [tenant.id, people],
  )
  await rig.sql(
    `INSERT INTO auth."invitation" ("id", "organizationId", "email", "role", "status", "expiresAt", "inviterId")
     SELECT id, $1, id || '@x.test', 'engineer', 'pending', now() + interval '1 day', $3 FROM unnest($2::text[]) AS id`,
    [tenant.id, ids(count), owner],
  )
  await rig.sql(
    `INSERT INTO auth."ssoProvider" ("id", "organizationId", "issuer", "clientId", "clientSecret", "domain", "domainToken", "createdAt")
     SELECT id, $1, 'https://id.acme.test', 'c', 'x', id || '.test', 'token', now() FROM unnest($2::text[]) AS id`,
    [tenant.id, ids(count)],
  )
  await rig.sql(
    `INSERT INTO api_key (id, tenant_id, user_id, name, role, prefix, digest)
     SELECT id, $1, person, 'k', 'engineer', 'lethe_k', encode(sha256(id::text::bytea), 'hex') FROM unnest($2::uuid[], $3::uuid[]) AS each (id, person)`,
    [tenant.id, ids(count), people],
  )
  await rig.sql(
    `INSERT INTO auditor_grant (id, tenant_id, user_id, request_ids, reason, granted_by, expires_at)
     SELECT id, $1, person, ARRAY[request, $5::uuid], 'r', person, now() + interval '1 day'
     FROM unnest($2::uuid[], $3::uuid[], $4::uuid[]) AS each (id, person, request)`,
    [tenant.id, ids(count), people, requests, requests[0]],
  )
}

/** What the registrar and platform admins would have made: promotions, log checkpoints, tenants. */
async function seedPlatform(
  rig: GatewayRig,
  tenant: TestTenant,
  { data, count }: { data: SeededData; count: number },
): Promise<void> {
  await rig.sql(
    `INSERT INTO promotion (id, tenant_id, model_id, model_version_id, decided_by)
     SELECT id, $1, $3, $4, $5 FROM unnest($2::uuid[]) AS id`,
    [tenant.id, ids(count), data.modelId, data.modelVersionId, tenant.userIds.engineer],
  )
  const digest = createHash('sha256').digest('base64')
  await rig.sql(
    `INSERT INTO log_checkpoint (tenant_id, size, root, note, key_id, frontier)
     SELECT $1, size, sha256(''), $3, 'key', '[]' FROM generate_series(1, $2) AS size`,
    [tenant.id, count, `lethe.test\n1\n${digest}\n\n— lethe.test ${Buffer.alloc(68).toString('base64')}\n`],
  )
  await rig.sql(`INSERT INTO tenant (id, name, slug) SELECT id, 't', 't-' || id FROM unnest($1::uuid[]) AS id`, [
    ids(count),
  ])
}

/** Endpoints, and deliveries of the one whose id is given. */
async function seedWebhooks(rig: GatewayRig, tenant: TestTenant, count: number): Promise<string> {
  const endpoints = ids(count)
  await rig.sql(
    `INSERT INTO webhook_endpoint (id, tenant_id, url, kinds, created_by, created_at, updated_at)
     SELECT id, $1, 'https://hook.acme.test/', '{run.failed}', id, now(), now() FROM unnest($2::uuid[]) AS id`,
    [tenant.id, endpoints],
  )
  await rig.sql(
    `INSERT INTO webhook_delivery (id, tenant_id, endpoint_id, kind, body, created_at, queued_at, next_attempt_at)
     SELECT id, $1, $3, 'webhook.ping', '{}', now(), now(), now() FROM unnest($2::uuid[]) AS id`,
    [tenant.id, ids(count), endpoints[0]],
  )
  return endpoints[0] ?? ''
}
