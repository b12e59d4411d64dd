import { newId } from '@lethe/db'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type GatewayRig, startGatewayRig, type TestRole, type TestTenant } from './testing/gateway-rig.js'
import { seedModel } from './testing/seed.js'

let rig: GatewayRig
let acme: TestTenant
let otherContentId: string

beforeAll(async () => {
  rig = await startGatewayRig()
  acme = await rig.createTenant('acme')
  otherContentId = (await seedModel(rig, acme, 'acme')).otherContentIds[0] ?? ''
})
afterAll(() => rig.stop())

const fields = 'id state isAutomatic logSize digest size path failure { code message } erasureRequest { id }'

async function requestErasure(role: TestRole, selection: object): Promise<string> {
  const { data } = await rig.graphql(
    acme.tokens[role],
    'mutation ($input: RequestErasureInput!) { requestErasure(input: $input) { ... on ErasureRequest { id } } }',
    { input: { idempotencyKey: newId(), ground: 'GDPR Art. 17', selection } },
  )
  const { id } = data?.['requestErasure'] as { id: string }
  await rig.openCases(acme, [id])
  return id
}

const ask = async (role: TestRole, erasureRequestId: string, idempotencyKey = newId()) => {
  const { data } = await rig.graphql(
    acme.tokens[role],
    `mutation ($input: RequestEvidenceBundleInput!) { requestEvidenceBundle(input: $input) {
      ... on EvidenceBundle { ${fields} } ... on UserError { code } } }`,
    { input: { idempotencyKey, erasureRequestId } },
  )
  return data?.['requestEvidenceBundle'] as Record<string, unknown>
}

const bundlesOf = async (role: TestRole, id: string) => {
  const { data } = await rig.graphql(
    acme.tokens[role],
    `query ($id: ID!) { erasureRequest(id: $id) { bundles { ${fields} } } }`,
    { id },
  )
  return (data?.['erasureRequest'] as { bundles: Record<string, unknown>[] }).bundles
}

const download = (path: string, role: TestRole) =>
  fetch(rig.url + path, { headers: { authorization: `Bearer ${acme.tokens[role]}` } })

it('is asked for by a data owner of their own request, waits, and is downloaded under its name once it is ready', async () => {
  const requestId = await requestErasure('data_owner', { subjectKey: 'subject-acme' })
  const key = newId()
  const asked = await ask('data_owner', requestId, key)
  expect(asked).toMatchObject({ state: 'QUEUED', isAutomatic: false, digest: null, path: null, failure: null })
  expect(asked['erasureRequest']).toEqual({ id: requestId })
  expect(await ask('data_owner', requestId, key)).toEqual(asked)
  const early = await download(`/v1/evidence/bundles/${String(asked['id'])}`, 'data_owner')
  expect(early.status).toBe(404)

  const bytes = Buffer.from('what the registrar made')
  const { digest, size } = await rig.gateway.services.artifacts.put(acme.id, bytes)
  await rig.sql(
    `UPDATE evidence_bundle SET state = 'READY', log_size = 7, pinned_at = now(), digest = $2, size = $3,
       settled_at = now() WHERE id = $1`,
    [asked['id'], digest, size],
  )
  for (const role of ['data_owner', 'auditor', 'engineer'] as const) {
    const [bundle] = await bundlesOf(role, requestId)
    expect(bundle).toMatchObject({ state: 'READY', logSize: 7, digest, size })
    const answer = await download(String(bundle?.['path']), role)
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true)
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="erasure-1.tar"')
  }
})

it('says why it could not be made', async () => {
  const requestId = await requestErasure('privacy_officer', { contentIds: [otherContentId] })
  const asked = await ask('auditor', requestId)
  await rig.sql(
    `UPDATE evidence_bundle SET state = 'FAILED', settled_at = now(),
       failure = '{"code": "ARTIFACT_MISSING", "message": "No blob."}' WHERE id = $1`,
    [asked['id']],
  )
  const failure = { code: 'ARTIFACT_MISSING', message: 'No blob.' }
  expect(await bundlesOf('auditor', requestId)).toMatchObject([{ state: 'FAILED', failure, path: null }])
})

it('of a request that is not theirs is neither made for a data owner nor shown to them', async () => {
  const requestId = await requestErasure('privacy_officer', { contentIds: [otherContentId] })
  expect(await ask('data_owner', requestId)).toEqual({ code: 'NOT_FOUND' })
  const { id } = await ask('privacy_officer', requestId)
  const seen = await rig.graphql(acme.tokens.data_owner, 'query ($id: ID!) { evidenceBundle(id: $id) { id } }', { id })
  expect(seen.data).toEqual({ evidenceBundle: null })
  expect((await download(`/v1/evidence/bundles/${String(id)}`, 'data_owner')).status).toBe(404)
})
