import { newId } from '@lethe/db'
import { mayDo } from '@lethe/domain'
import { type GraphQLObjectType } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSchema } from './graphql/build-schema.js'
import { requirementOf } from './graphql/requires.js'
import { adminEmail, type GatewayRig, startGatewayRig, type TestRole, type TestTenant } from './testing/gateway-rig.js'
import { hex, seedModel, type SeededData } from './testing/seed.js'

let rig: GatewayRig
let acme: TestTenant
let rival: TestTenant
let admin: string
let data: SeededData
let erasureRequestId: string
let runId: string
let auditId: string
let bundleId: string

beforeAll(async () => {
  rig = await startGatewayRig()
  ;[acme, rival] = await Promise.all([rig.createTenant('acme'), rig.createTenant('rival')])
  admin = await rig.signIn(adminEmail)
  data = await seedModel(rig, acme, 'acme')
  await seedModel(rig, rival, 'rival')
  const asked = await rig.graphql(acme.tokens.data_owner, operations['requestErasure'] as string, {
    input: { idempotencyKey: newId(), ground: 'Art. 17', selection: { subjectKey: 'subject-acme' } },
  })
  erasureRequestId = (asked.data?.['requestErasure'] as { id: string }).id
  ;[runId, auditId] = [newId(), newId()]
  await rig.sql(`INSERT INTO run (id, tenant_id, kind, task) VALUES ($1, $2, 'pretrain', '{}')`, [runId, acme.id])
  await rig.sql(
    `INSERT INTO audit (id, tenant_id, request_id, plan_item_id, number, run_id, before_version_id, after_version_id,
       verdict, report) VALUES ($1, $2, $3, $4, 1, $5, $6, $6, 'PASS', $7)`,
    [auditId, acme.id, erasureRequestId, newId(), runId, data.modelVersionId, '{}'],
  )
  bundleId = await storeBundle('an archive')
})
afterAll(() => rig.stop())

/** A bundle of acme's request as the registrar leaves one behind. */
async function storeBundle(bytes: string): Promise<string> {
  const id = newId()
  const { digest, size } = await rig.gateway.services.artifacts.put(acme.id, Buffer.from(bytes))
  await rig.sql(
    `INSERT INTO evidence_bundle (id, tenant_id, request_id, state, log_size, pinned_at, digest, size, settled_at)
     VALUES ($1, $2, $3, 'READY', 1, now(), $4, $5, now())`,
    [id, acme.id, erasureRequestId, digest, size],
  )
  return id
}

const node = '{ id }'
const page = '{ totalCount edges { cursor } }'
const answer = (type: string) => `{ __typename ... on ${type} { id } ... on UserError { code } }`

/** One document for each operation that the schema has; the test fails when one is missing. */
const operations: Record<string, string> = {
  viewer: '{ viewer { id tenant { id } } }',
  overview: '{ overview { openRequests datasetCount } }',
  node: `query ($id: ID!) { node(id: $id) ${node} }`,
  datasets: `{ datasets ${page} }`,
  dataset: `query ($dataset: ID!) { dataset(id: $dataset) ${node} }`,
  datasetVersion: `query ($datasetVersion: ID!) { datasetVersion(id: $datasetVersion) { id samples { totalCount } } }`,
  models: `{ models ${page} }`,
  model: `query ($model: ID!) { model(id: $model) ${node} }`,
  modelVersion: `query ($modelVersion: ID!) { modelVersion(id: $modelVersion) ${node} }`,
  runs: `{ runs ${page} }`,
  run: `query ($run: ID!) { run(id: $run) ${node} }`,
  erasureRequests: `{ erasureRequests ${page} }`,
  erasureRequest: `query ($erasureRequest: ID!) { erasureRequest(id: $erasureRequest) ${node} }`,
  previewErasure: `query { previewErasure(selection: { subjectKey: "subject-acme" }) { forgetCount } }`,
  audits: `{ audits ${page} }`,
  audit: `query ($audit: ID!) { audit(id: $audit) ${node} }`,
  erasureOpening: `query ($erasureRequest: ID!) { erasureOpening(erasureRequestId: $erasureRequest) { salt } }`,
  slaClocks: `{ slaClocks ${page} }`,
  evidence: `{ evidence ${page} }`,
  evidenceEntry: '{ evidenceEntry(seq: 1) { seq body } }',
  evidenceLog: '{ evidenceLog { size origin } }',
  evidenceBundles: `{ evidenceBundles ${page} }`,
  evidenceBundle: `query ($evidenceBundle: ID!) { evidenceBundle(id: $evidenceBundle) ${node} }`,
  slaBoard: '{ slaBoard { totalCount } }',
  createUpload: `mutation ($input: CreateUploadInput!) { createUpload(input: $input) { __typename ... on Upload { url } ... on UserError { code } } }`,
  registerDataset: `mutation ($input: RegisterDatasetInput!) { registerDataset(input: $input) ${answer('DatasetVersion')} }`,
  pretrain: `mutation ($input: PretrainInput!) { pretrain(input: $input) ${answer('ModelVersion')} }`,
  promoteModelVersion: `mutation ($input: PromoteModelVersionInput!) { promoteModelVersion(input: $input) ${answer('ModelVersion')} }`,
  requestErasure: `mutation ($input: RequestErasureInput!) { requestErasure(input: $input) ${answer('ErasureRequest')} }`,
  verifyIdentity: `mutation ($input: ErasureDecisionInput!) { verifyIdentity(input: $input) ${answer('ErasureRequest')} }`,
  planErasure: `mutation ($input: PlanErasureInput!) { planErasure(input: $input) ${answer('ErasureRequest')} }`,
  approveErasure: `mutation ($input: ErasureDecisionInput!) { approveErasure(input: $input) ${answer('ErasureRequest')} }`,
  rejectErasure: `mutation ($input: ErasureDecisionInput!) { rejectErasure(input: $input) ${answer('ErasureRequest')} }`,
  withdrawErasure: `mutation ($input: ErasureDecisionInput!) { withdrawErasure(input: $input) ${answer('ErasureRequest')} }`,
  retryErasure: `mutation ($input: RetryErasureInput!) { retryErasure(input: $input) ${answer('ErasureRequest')} }`,
  shredSubject: `mutation ($input: ShredSubjectInput!) { shredSubject(input: $input) { __typename ... on EvidenceEntry { seq } ... on UserError { code } } }`,
  cancelRun: `mutation ($input: CancelRunInput!) { cancelRun(input: $input) ${answer('Run')} }`,
  countersignOwnerAudit: `mutation ($input: CountersignOwnerAuditInput!) { countersignOwnerAudit(input: $input) { __typename ... on EvidenceEntry { seq } ... on UserError { code } } }`,
  recordFinding: `mutation ($input: RecordFindingInput!) { recordFinding(input: $input) { __typename ... on AuditorFinding { number } ... on UserError { code } } }`,
  signOffErasure: `mutation ($input: SignOffErasureInput!) { signOffErasure(input: $input) { __typename ... on AuditorSignOff { outcome } ... on UserError { code } } }`,
  requestEvidenceBundle: `mutation ($input: RequestEvidenceBundleInput!) { requestEvidenceBundle(input: $input) ${answer('EvidenceBundle')} }`,
  runProgress: 'subscription ($run: ID!) { runProgress(runId: $run) { runId } }',
  erasureRequestChanged: `subscription ($erasureRequest: ID!) { erasureRequestChanged(id: $erasureRequest) ${node} }`,
  tenantChanged: 'subscription { tenantChanged { id } }',
}

/** What each mutation is given: things of acme, whoever asks. */
const inputOf = (name: string): object | undefined =>
  ({
    createUpload: { digest: hex('x'), sizeBytes: 1 },
    registerDataset: { name: 'd', uploadDigest: hex('x') },
    pretrain: { modelName: 'm', datasetVersionId: data.datasetVersionId, recipe: { temperature: 0 } },
    promoteModelVersion: { modelVersionId: data.modelVersionId },
    requestErasure: { ground: 'g', selection: { subjectKey: 'subject-acme' } },
    verifyIdentity: { erasureRequestId },
    planErasure: { erasureRequestId },
    approveErasure: { erasureRequestId },
    rejectErasure: { erasureRequestId, reason: 'r' },
    withdrawErasure: { erasureRequestId },
    retryErasure: { erasureRequestId },
    cancelRun: { runId },
    shredSubject: { subjectKey: 'subject-acme' },
    requestEvidenceBundle: { erasureRequestId },
    recordFinding: { erasureRequestId, severity: 'note', statement: 's' },
    signOffErasure: { erasureRequestId, outcome: 'accepted' },
    countersignOwnerAudit: { erasureRequestId, envelope: {}, result: '{}', verifierKey: 'k' },
  })[name]

const call = (token: string | null, name: string) => {
  const input = inputOf(name)
  const withKey = name === 'createUpload' ? input : { idempotencyKey: newId(), ...input }
  return rig.graphql(token, operations[name] as string, {
    id: data.datasetId,
    dataset: data.datasetId,
    datasetVersion: data.datasetVersionId,
    model: data.modelId,
    modelVersion: data.modelVersionId,
    run: runId,
    audit: auditId,
    erasureRequest: erasureRequestId,
    evidenceBundle: bundleId,
    ...(input === undefined ? {} : { input: withKey }),
  })
}

const schema = createSchema()
const fieldsOf = (type: unknown) => Object.values((type as GraphQLObjectType).getFields())
const queries = fieldsOf(schema.getQueryType())
const mutations = fieldsOf(schema.getMutationType())
const subscriptions = fieldsOf(schema.getSubscriptionType())
const roles: readonly TestRole[] = ['tenant_owner', 'engineer', 'privacy_officer', 'data_owner', 'auditor']

const codes = (answered: Awaited<ReturnType<typeof call>>) => (answered.errors ?? []).map((e) => e.extensions['code'])

const tables = [
  'dataset',
  'dataset_version',
  'model',
  'model_version',
  'run',
  'erasure_request',
  'approval',
  'plan_item',
  'erasure_thing',
  'promotion',
  'evidence',
  'outbox',
  'forget_set_sample',
  'sla_clock',
  'sla_clock_event',
  'evidence_bundle',
  'subject_salt',
]

/** Everything that acme has, as text: any change shows. */
const rowsOf = async (tenantId: string): Promise<string> => {
  const found = await Promise.all(
    tables.map((table) =>
      rig.sql(
        `SELECT coalesce(string_agg(t::text, E'\n' ORDER BY t::text), '') AS rows FROM ${table} t WHERE tenant_id = $1`,
        [tenantId],
      ),
    ),
  )
  return JSON.stringify(found)
}

it('has a row for every operation of the schema', () => {
  const names = [...queries, ...mutations, ...subscriptions].map((field) => field.name)
  expect(Object.keys(operations).sort()).toEqual(names.sort())
})

describe('anonymous', () => {
  it('reads and changes nothing', async () => {
    const before = await rowsOf(acme.id)
    for (const { name } of [...queries, ...mutations].filter((field) => field.name !== 'viewer')) {
      const answered = await call(null, name)
      expect([name, codes(answered)]).toEqual([name, ['UNAUTHENTICATED']])
      expect(answered.data?.[name] ?? null).toBeNull()
    }
    expect((await call(null, 'viewer')).data).toEqual({ viewer: null })
    expect(await rowsOf(acme.id)).toBe(before)
  })
})

describe('a member without the right', () => {
  it.each(roles)('%s is refused whatever the table of roles does not allow', async (role) => {
    const before = await rowsOf(acme.id)
    for (const field of [...queries, ...mutations]) {
      const requirement = requirementOf(field.extensions)
      if (requirement === undefined || requirement === 'anyone' || mayDo(role, requirement)) continue
      const answered = await call(acme.tokens[role], field.name)
      expect([field.name, codes(answered)]).toEqual([field.name, ['FORBIDDEN']])
      expect(answered.data?.[field.name] ?? null).toBeNull()
    }
    expect(await rowsOf(acme.id)).toBe(before)
  })

  it('refuses a platform admin everything that belongs to a tenant', async () => {
    for (const { name } of queries.filter((field) => !['viewer', 'slaBoard'].includes(field.name)))
      expect([name, codes(await call(admin, name))]).toEqual([name, ['FORBIDDEN']])
    expect((await call(admin, 'slaBoard')).data).toEqual({ slaBoard: { totalCount: 1 } })
  })
})

const lists = ['datasets', 'models', 'runs', 'erasureRequests', 'audits', 'slaClocks', 'evidence', 'evidenceBundles']
const singles = [
  'node',
  'dataset',
  'datasetVersion',
  'model',
  'modelVersion',
  'run',
  'erasureRequest',
  'audit',
  'evidenceBundle',
]

describe('another tenant', () => {
  it.each(roles)("%s of the rival finds nothing of acme's", async (role) => {
    for (const name of singles) {
      const { data: seen } = await call(rival.tokens[role], name)
      expect([name, seen?.[name] ?? null]).toEqual([name, null])
    }
    const preview = await call(rival.tokens[role], 'previewErasure')
    if (mayDo(role, 'erasure:request')) expect(codes(preview)).toEqual(['UNKNOWN_SUBJECT'])
    const opening = await call(rival.tokens[role], 'erasureOpening')
    expect([opening.data ?? null, codes(opening)]).toEqual([
      null,
      [mayDo(role, 'subject:open') ? 'NOT_FOUND' : 'FORBIDDEN'],
    ])
    const { data: entry } = await call(rival.tokens[role], 'evidenceEntry')
    expect(entry?.['evidenceEntry'] ?? null).toBeNull()
    for (const name of ['runs', 'erasureRequests', 'audits', 'slaClocks', 'evidence', 'evidenceBundles']) {
      const { data: seen } = await call(rival.tokens[role], name)
      if (seen?.[name]) expect([name, seen[name]]).toEqual([name, { totalCount: 0, edges: [] }])
    }
  })

  it.each(roles)("%s of the rival changes nothing of acme's", async (role) => {
    const before = await rowsOf(acme.id)
    for (const field of mutations) {
      if (!mayDo(role, requirementOf(field.extensions) as never) || field.name === 'createUpload') continue
      const { data: answered } = await call(rival.tokens[role], field.name)
      const { code } = answered?.[field.name] as { code?: string }
      const expected = {
        requestErasure: 'UNKNOWN_SUBJECT',
        shredSubject: 'UNKNOWN_SUBJECT',
        registerDataset: 'UPLOAD_MISSING',
        pretrain: 'INVALID_INPUT',
      }
      expect([field.name, code]).toEqual([field.name, expected[field.name as keyof typeof expected] ?? 'NOT_FOUND'])
    }
    expect(await rowsOf(acme.id)).toBe(before)
  })
})

describe('those who may', () => {
  it.each(roles)('%s reads what the table of roles allows', async (role) => {
    for (const field of queries) {
      const requirement = requirementOf(field.extensions)
      if (requirement === undefined || requirement === 'anyone' || !mayDo(role, requirement)) continue
      const answered = await call(acme.tokens[role], field.name)
      expect([field.name, answered.errors]).toEqual([field.name, undefined])
      if (lists.includes(field.name) && field.name !== 'audits')
        expect([field.name, (answered.data?.[field.name] as { totalCount: number }).totalCount > 0]).toEqual([
          field.name,
          true,
        ])
      if (singles.includes(field.name) && field.name !== 'node')
        expect([field.name, answered.data?.[field.name] === null]).toEqual([field.name, false])
    }
  })

  it('shows a data owner their own requests only', async () => {
    const asked = await rig.graphql(acme.tokens.privacy_officer, operations['requestErasure'] as string, {
      input: { idempotencyKey: newId(), ground: 'g', selection: { contentIds: [data.otherContentIds[0]] } },
    })
    const { id } = asked.data?.['requestErasure'] as { id: string }
    const one = await rig.graphql(acme.tokens.data_owner, operations['erasureRequest'] as string, {
      erasureRequest: id,
    })
    expect(one.data).toEqual({ erasureRequest: null })
    const list = await call(acme.tokens.data_owner, 'erasureRequests')
    expect(list.data).toMatchObject({ erasureRequests: { totalCount: 1 } })
    const withdrawn = await rig.graphql(acme.tokens.data_owner, operations['withdrawErasure'] as string, {
      input: { idempotencyKey: newId(), erasureRequestId: id },
    })
    expect(withdrawn.data).toMatchObject({ withdrawErasure: { code: 'NOT_FOUND' } })
  })

  it('withholds from an auditor by which key the tenant knows a data owner, wherever one is shown', async () => {
    const everywhere = `query ($version: ID!, $owner: ID!) {
      datasetVersion(id: $version) { samples(first: 1) { edges { node { owner { subjectKey } } } }
        owners(first: 100) { edges { node { owner { id subjectKey } } } } }
      node(id: $owner) { ... on DataOwner { subjectKey } } }`
    const variables = { version: data.datasetVersionId, owner: data.ownerId }
    const seen = async (role: TestRole) => JSON.stringify(await rig.graphql(acme.tokens[role], everywhere, variables))
    expect((await seen('engineer')).split('subject-acme')).toHaveLength(4)
    const withheld = await seen('auditor')
    expect(withheld).not.toMatch(/subject-acme|stranger|errors/)
    expect(withheld.split(`withheld-${data.ownerId.slice(-8)}`)).toHaveLength(4)
  })

  it('tells an auditor no name, and a data owner nothing of the datasets behind a model', async () => {
    const owner = 'query ($id: ID!) { erasureRequest(id: $id) { owner { subjectKey } } }'
    const seen = (role: TestRole) => rig.graphql(acme.tokens[role], owner, { id: erasureRequestId })
    expect((await seen('auditor')).data).toEqual({ erasureRequest: { owner: null } })
    expect((await seen('privacy_officer')).data).toEqual({ erasureRequest: { owner: { subjectKey: 'subject-acme' } } })
    const behind = `{ previewErasure(selection: { subjectKey: "subject-acme" }) {
      affected { modelVersion { datasetVersion { samples { totalCount } } } } } }`
    const answered = await rig.graphql(acme.tokens.data_owner, behind)
    expect(codes(answered)).toEqual(['FORBIDDEN'])
    expect(answered.data ?? null).toBeNull()
  })
})

describe('files and administration', () => {
  it('answer by the same rules', async () => {
    const get = async (path: string, token?: string) =>
      (await fetch(rig.url + path, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } })).status
    const sample = `/v1/samples/${data.datasetVersionId}/0.png`
    expect(await get(sample)).toBe(401)
    expect(await get(sample, acme.tokens.data_owner)).toBe(403)
    expect(await get(sample, rival.tokens.engineer)).toBe(404)
    expect(await get(`/v1/audits/${auditId}/matrices`, rival.tokens.auditor)).toBe(404)
    expect(await get('/v1/evidence/log-checkpoint', acme.tokens.data_owner)).toBe(403)
    const bundle = `/v1/evidence/bundles/${bundleId}`
    expect(await get(bundle)).toBe(401)
    expect(await get(bundle, admin)).toBe(403)
    expect(await get(bundle, rival.tokens.auditor)).toBe(404)
    expect(await get(bundle, acme.tokens.data_owner)).toBe(200)
    expect(await get(bundle, acme.tokens.auditor)).toBe(200)
    const member = {
      tenantId: acme.id,
      email: 'm@x.test',
      name: 'm',
      password: 'long enough a password',
      role: 'engineer',
    }
    const add = async (token?: string) => (await rig.post('/v1/admin/members', member, token)).status
    expect(await add()).toBe(401)
    expect(await add(acme.tokens.engineer)).toBe(403)
    expect(await add(rival.tokens.tenant_owner)).toBe(403)
    expect(await add(acme.tokens.tenant_owner)).toBe(201)
    expect(await add(acme.tokens.tenant_owner)).toBe(409)
    const made = await rig.post('/v1/admin/tenants', { name: 'x', slug: 'x1', owner: member }, acme.tokens.tenant_owner)
    expect(made.status).toBe(403)
  })
})
