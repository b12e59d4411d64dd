import { generateKeyPairSync } from 'node:crypto'
import { publishChanged } from '@lethe/bus'
import { newId } from '@lethe/db'
import { emptyFrontier, integrate, signerFromPrivateKey } from '@lethe/ledger'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type GatewayRig, startGatewayRig, type TestTenant } from '../testing/gateway-rig.js'
import { hex, seedModel, type SeededData } from '../testing/seed.js'

/** One case that the auditor may look into, and everything of the same kinds outside of it. */
interface CaseThings {
  readonly requestId: string
  readonly auditId: string
  readonly bundleId: string
  readonly runId: string
  readonly evidenceSeq: number
  readonly modelId: string
  readonly modelVersionId: string
  readonly datasetId: string
  readonly datasetVersionId: string
  readonly ownerId: string
}

let rig: GatewayRig
let acme: TestTenant
let inside: CaseThings
let outside: CaseThings
let data: SeededData
let auditor: string

beforeAll(async () => {
  rig = await startGatewayRig()
  acme = await rig.createTenant('acme')
  data = await seedModel(rig, acme, 'acme')
  inside = await seedCaseThings({ subjectKey: data.subjectKey }, data)
  const other = await seedOtherModel()
  outside = await seedCaseThings({ contentIds: [data.otherContentIds[0]] }, other)
  await signLog()
  auditor = acme.tokens.auditor
})
afterAll(() => rig.stop())

async function seedOtherModel(): Promise<Omit<SeededData, 'subjectKey' | 'contentIds' | 'otherContentIds'>> {
  const [datasetId, datasetVersionId, modelId, modelVersionId] = [newId(), newId(), newId(), newId()] as const
  const [stranger] = await rig.sql(`SELECT id FROM data_owner WHERE subject_key = 'stranger'`)
  await rig.sql(`INSERT INTO dataset (id, tenant_id, name) VALUES ($1, $2, 'other pictures')`, [datasetId, acme.id])
  await rig.sql(
    `INSERT INTO dataset_version (id, tenant_id, dataset_id, number, state, upload_digest, upload_size, pack_digest,
       pack_size, image_size, sample_count, ready_at) VALUES ($1, $2, $3, 1, 'READY', $4, 1, $5, 1, 8, 1, now())`,
    [datasetVersionId, acme.id, datasetId, hex('u'), hex('p')],
  )
  await rig.sql(`INSERT INTO model (id, tenant_id, name, framework) VALUES ($1, $2, 'other model', 'simclr')`, [
    modelId,
    acme.id,
  ])
  await rig.sql(
    `INSERT INTO model_version (id, tenant_id, model_id, number, state, origin, dataset_version_id, run_id, recipe,
       weights_digest, weights_size, state_digest, state_size, ready_at)
     SELECT $1, $2, $3, 1, 'READY', 'pretrain', $4, $5, recipe, $6, 1, $7, 1, now() FROM model_version WHERE id = $8`,
    [modelVersionId, acme.id, modelId, datasetVersionId, newId(), hex('w'), hex('s'), data.modelVersionId],
  )
  return { datasetId, datasetVersionId, modelId, modelVersionId, ownerId: stranger?.['id'] as string }
}

async function seedCaseThings(
  selection: object,
  of: Pick<CaseThings, 'modelId' | 'modelVersionId' | 'datasetId' | 'datasetVersionId' | 'ownerId'>,
): Promise<CaseThings> {
  const { data: asked } = await rig.graphql(
    acme.tokens.privacy_officer,
    'mutation ($input: RequestErasureInput!) { requestErasure(input: $input) { ... on ErasureRequest { id } } }',
    { input: { idempotencyKey: newId(), ground: 'Art. 17', selection } },
  )
  const { id: requestId } = asked?.['requestErasure'] as { id: string }
  const [auditId, bundleId, runId] = [newId(), newId(), newId()] as const
  await rig.sql(
    `INSERT INTO run (id, tenant_id, kind, task, request_id, model_version_id) VALUES ($1, $2, 'audit', '{}', $3, $4)`,
    [runId, acme.id, requestId, of.modelVersionId],
  )
  await rig.sql(
    `INSERT INTO audit (id, tenant_id, request_id, plan_item_id, number, run_id, before_version_id, after_version_id,
       verdict, report) VALUES ($1, $2, $3, $4, 1, $5, $6, $6, 'PASS', '{}')`,
    [auditId, acme.id, requestId, newId(), runId, of.modelVersionId],
  )
  const { digest, size } = await rig.gateway.services.artifacts.put(acme.id, Buffer.from(`archive of ${requestId}`))
  await rig.sql(
    `INSERT INTO evidence_bundle (id, tenant_id, request_id, state, log_size, pinned_at, digest, size, settled_at)
     VALUES ($1, $2, $3, 'READY', 1, now(), $4, $5, now())`,
    [bundleId, acme.id, requestId, digest, size],
  )
  const [entry] = await rig.sql('SELECT min(seq)::int AS seq FROM evidence WHERE request_id = $1', [requestId])
  const { modelId, modelVersionId, datasetId, datasetVersionId, ownerId } = of
  return {
    requestId,
    auditId,
    bundleId,
    runId,
    evidenceSeq: entry?.['seq'] as number,
    modelId,
    modelVersionId,
    datasetId,
    datasetVersionId,
    ownerId,
  }
}

async function signLog(): Promise<void> {
  const rows = await rig.sql('SELECT leaf_hash FROM evidence WHERE tenant_id = $1 ORDER BY seq', [acme.id])
  const { privateKey } = generateKeyPairSync('ed25519')
  const signer = signerFromPrivateKey(`lethe/log/${acme.id}`, privateKey)
  const { root, checkpoint } = integrate(
    emptyFrontier,
    rows.map((row) => row['leaf_hash'] as Buffer),
    signer,
  )
  await rig.sql(
    `INSERT INTO log_checkpoint (tenant_id, size, root, note, key_id, frontier) VALUES ($1, $2, $3, $4, 'k', '{}')`,
    [acme.id, rows.length, root, checkpoint],
  )
}

const grant = async (input: object = {}, token = acme.tokens.privacy_officer) => {
  const { data: answer, errors } = await rig.graphql(
    token,
    `mutation ($input: GrantAuditorAccessInput!) { grantAuditorAccess(input: $input) {
      ... on AuditorGrant { id state erasureRequests { id } } ... on UserError { code field } } }`,
    {
      input: {
        idempotencyKey: newId(),
        userId: acme.userIds.auditor,
        erasureRequestIds: [inside.requestId],
        reason: 'Yearly review.',
        expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
        ...input,
      },
    },
  )
  return (answer?.['grantAuditorAccess'] ?? { code: errors?.[0]?.extensions['code'] }) as Record<string, unknown>
}
const revoke = (grantId: unknown) =>
  rig.graphql(
    acme.tokens.tenant_owner,
    `mutation ($input: RevokeAuditorAccessInput!) { revokeAuditorAccess(input: $input) {
      ... on AuditorGrant { state } ... on UserError { code } } }`,
    { input: { idempotencyKey: newId(), grantId } },
  )
const get = (path: string) => fetch(rig.url + path, { headers: { authorization: `Bearer ${auditor}` } })
const codeOf = async (query: string) => (await rig.graphql(auditor, query)).errors?.[0]?.extensions['code'] ?? 'done'

/** Every query that reads one thing, and every file, by the ids of a case. */
const single: Readonly<Record<string, (of: CaseThings) => string>> = {
  erasureRequest: ({ requestId }) => `{ it: erasureRequest(id: "${requestId}") { id } }`,
  audit: ({ auditId }) => `{ it: audit(id: "${auditId}") { id } }`,
  evidenceBundle: ({ bundleId }) => `{ it: evidenceBundle(id: "${bundleId}") { id } }`,
  run: ({ runId }) => `{ it: run(id: "${runId}") { id } }`,
  model: ({ modelId }) => `{ it: model(id: "${modelId}") { id } }`,
  modelVersion: ({ modelVersionId }) => `{ it: modelVersion(id: "${modelVersionId}") { id } }`,
  dataset: ({ datasetId }) => `{ it: dataset(id: "${datasetId}") { id } }`,
  datasetVersion: ({ datasetVersionId }) => `{ it: datasetVersion(id: "${datasetVersionId}") { id } }`,
  evidenceEntry: ({ evidenceSeq }) => `{ it: evidenceEntry(seq: ${evidenceSeq}) { seq } }`,
}
const lists = ['erasureRequests', 'audits', 'evidenceBundles', 'runs', 'models', 'datasets', 'slaClocks'] as const

describe('an external auditor', () => {
  it('without a grant sees who they are, and of the tenant nothing, with a code that says why', async () => {
    expect((await rig.graphql(auditor, '{ viewer { role casesUntil actions } }')).data).toEqual({
      viewer: { role: 'auditor', casesUntil: null, actions: ['tenant:read', 'auditor:read'] },
    })
    for (const query of [...Object.values(single).map((of) => of(inside)), '{ evidenceLog { size } }'])
      expect([query, await codeOf(query)]).toEqual([query, 'AUDITOR_ACCESS_MISSING'])
    for (const name of lists)
      expect([name, await codeOf(`{ ${name} { totalCount } }`)]).toEqual([name, 'AUDITOR_ACCESS_MISSING'])
    for (const path of ['/v1/evidence/export', `/v1/evidence/bundles/${inside.bundleId}`]) {
      const answer = await get(path)
      expect([answer.status, await answer.json()]).toMatchObject([403, { code: 'AUDITOR_ACCESS_MISSING' }])
    }
    const { data: seen } = await rig.graphql(auditor, '{ overview { openRequests evidenceCount recentAudits { id } } }')
    expect(seen).toEqual({ overview: { openRequests: 0, evidenceCount: 0, recentAudits: [] } })
    const { data: node } = await rig.graphql(auditor, `{ node(id: "${inside.requestId}") { id } }`)
    expect(node).toEqual({ node: null })
  })

  it('is let in by a privacy officer or owner, to cases that exist, for a time that ends', async () => {
    expect(await grant({}, acme.tokens.engineer)).toEqual({ code: 'FORBIDDEN' })
    expect(await grant({ userId: acme.userIds.engineer })).toMatchObject({ code: 'NOT_AUDITOR' })
    expect(await grant({ erasureRequestIds: [newId()] })).toMatchObject({ code: 'NOT_FOUND' })
    expect(await grant({ erasureRequestIds: [] })).toMatchObject({ code: 'INVALID_INPUT' })
    expect(await grant({ reason: ' ' })).toMatchObject({ code: 'INVALID_INPUT', field: 'input.reason' })
    for (const days of [-1, 367])
      expect(await grant({ expiresAt: new Date(Date.now() + days * 86_400_000).toISOString() })).toMatchObject({
        code: 'INVALID_INPUT',
        field: 'input.expiresAt',
      })
    expect(await grant()).toMatchObject({ state: 'ACTIVE', erasureRequests: [{ id: inside.requestId }] })
  })

  it('sees every part of the case, and of what lies outside nothing, by whatever name it is asked for', async () => {
    for (const [name, queryOf] of Object.entries(single)) {
      const within = await rig.graphql(auditor, queryOf(inside))
      expect([name, within.errors, within.data?.['it'] === null]).toEqual([name, undefined, false])
      const beyond = await rig.graphql(auditor, queryOf(outside))
      expect([name, beyond.errors, beyond.data]).toEqual([name, undefined, { it: null }])
      // Negative control: who is bound to no case is shown both.
      const officer = await rig.graphql(acme.tokens.privacy_officer, queryOf(outside))
      expect([name, officer.data?.['it'] === null]).toEqual([name, false])
    }
    const { requestId, auditId, bundleId, runId, modelId, modelVersionId, datasetId, datasetVersionId, ownerId } =
      outside
    for (const id of [
      requestId,
      auditId,
      bundleId,
      runId,
      modelId,
      modelVersionId,
      datasetId,
      datasetVersionId,
      ownerId,
    ])
      expect((await rig.graphql(auditor, `{ node(id: "${id}") { id } }`)).data).toEqual({ node: null })
  })

  it('is listed and counted what belongs to the case alone', async () => {
    for (const name of lists) {
      const query = `{ ${name} { totalCount edges { node { id } } } }`
      const mine = (await rig.graphql(auditor, query)).data?.[name] as { totalCount: number; edges: unknown[] }
      const all = (await rig.graphql(acme.tokens.privacy_officer, query)).data?.[name] as typeof mine
      expect([name, mine.totalCount, mine.edges.length, all.totalCount]).toEqual([name, 1, 1, 2])
    }
    const inner = `{ datasetVersion(id: "${inside.datasetVersionId}") {
      samples { totalCount edges { node { contentId } } } owners { totalCount edges { node { owner { id } } } } } }`
    const { data: seen } = await rig.graphql(auditor, inner)
    expect(seen).toMatchObject({ datasetVersion: { samples: { totalCount: 9 }, owners: { totalCount: 1 } } })
    expect(JSON.stringify(seen)).not.toContain(data.otherContentIds[0])
    const { data: overview } = await rig.graphql(auditor, '{ overview { openRequests modelCount datasetCount } }')
    expect(overview).toEqual({ overview: { openRequests: 1, modelCount: 1, datasetCount: 1 } })
  })

  it('finds no file, export or entry of another case', async () => {
    expect((await get(`/v1/evidence/bundles/${inside.bundleId}`)).status).toBe(200)
    expect((await get(`/v1/evidence/bundles/${outside.bundleId}`)).status).toBe(404)
    expect((await get(`/v1/audits/${outside.auditId}/matrices`)).status).toBe(404)
    expect((await get(`/v1/model-versions/${outside.modelVersionId}/ml-bom.cdx.json`)).status).toBe(404)
    expect((await get(`/v1/samples/${inside.datasetVersionId}/20.png`)).status).toBe(404)
    const exported = await (await get('/v1/evidence/export')).text()
    expect(exported).toContain(inside.requestId)
    expect(exported).not.toContain(outside.requestId)
    const entries = exported
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => JSON.parse(line) as { path?: unknown })
    expect(entries.every(({ path }) => Array.isArray(path))).toBe(true)
    const { data: evidence } = await rig.graphql(auditor, '{ evidence(first: 100) { edges { node { body } } } }')
    expect(JSON.stringify(evidence)).not.toContain(outside.requestId)
  })

  it('follows the case and hears nothing of others, until access is taken back', async () => {
    const { id } = (await grant()) as { id: string }
    const heard: unknown[] = []
    const response = await fetch(`${rig.url}/graphql/stream`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization: `Bearer ${auditor}` },
      body: JSON.stringify({ query: 'subscription { tenantChanged { id } }' }),
    })
    const reading = (async () => {
      for await (const chunk of response.body ?? [])
        for (const [, found] of Buffer.from(chunk as Uint8Array)
          .toString()
          .matchAll(/"id":"([^"]+)"/g))
          heard.push(found)
    })()
    const say = (aggregate: 'erasure-request' | 'audit' | 'model', changed: string) =>
      publishChanged(
        rig.bus,
        {
          version: 1,
          tenantId: acme.id as never,
          aggregate,
          id: changed,
          at: new Date().toISOString(),
        },
        { msgId: newId() },
      )
    await say('erasure-request', outside.requestId)
    await say('audit', outside.auditId)
    await say('model', outside.modelId)
    await say('erasure-request', inside.requestId)
    await expect.poll(() => heard).toEqual([inside.requestId])
    const all = await rig.sql('SELECT id FROM auditor_grant WHERE revoked_at IS NULL')
    for (const each of all) await revoke(each['id'])
    expect(all.map((each) => each['id'])).toContain(id)
    await say('erasure-request', inside.requestId)
    await reading
    expect(heard).toEqual([inside.requestId])
    expect(await codeOf('{ audits { totalCount } }')).toBe('AUDITOR_ACCESS_ENDED')
  })

  it('is refused by a clear code once the time is over', async () => {
    expect(await grant({ expiresAt: new Date(Date.now() + 60_000).toISOString() })).toMatchObject({ state: 'ACTIVE' })
    expect(await codeOf('{ audits { totalCount } }')).toBe('done')
    rig.clock.aheadMs = 61_000
    expect(await codeOf('{ audits { totalCount } }')).toBe('AUDITOR_ACCESS_ENDED')
    const { data: seen } = await rig.graphql(auditor, '{ auditorGrants(first: 1) { edges { node { state } } } }')
    expect(seen).toEqual({ auditorGrants: { edges: [{ node: { state: 'EXPIRED' } }] } })
    rig.clock.aheadMs = 0
  })

  it('is on record as let in and kept out, by commitments and without the reason', async () => {
    const rows = await rig.sql(
      `SELECT payload -> 'predicate' AS predicate, body FROM evidence WHERE kind = 'auditor-access-changed/v1' ORDER BY seq`,
    )
    expect(rows[0]?.['predicate']).toMatchObject({ change: 'granted', erasureRequestIds: [inside.requestId] })
    expect(rows.filter(({ body }) => String(body).includes('"revoked"'))).toHaveLength(2)
    expect(JSON.stringify(rows)).not.toMatch(new RegExp(`${acme.userIds.auditor}|Yearly`))
  })
})
