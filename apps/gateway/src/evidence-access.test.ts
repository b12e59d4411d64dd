import { generateKeyPairSync } from 'node:crypto'
import { newId } from '@lethe/db'
import {
  emptyFrontier,
  integrate,
  parseLogCheckpoint,
  signerFromPrivateKey,
  statementLeafHash,
  verifyInclusion,
} from '@lethe/ledger'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type GatewayRig, startGatewayRig, type TestTenant } from './testing/gateway-rig.js'
import { seedModel, type SeededData } from './testing/seed.js'

let rig: GatewayRig
let acme: TestTenant
let rival: TestTenant
let data: SeededData
let erasureRequestId: string

const { privateKey } = generateKeyPairSync('ed25519')

interface Entry {
  readonly seq: number
  readonly kind: string
  readonly body: string
  readonly path?: readonly string[]
}

const ask = async (token: string, query: string, variables: object = {}) => {
  const { data: answered, errors } = await rig.graphql(token, query, variables)
  return { answer: answered as Record<string, never> | undefined, errors }
}

const promote = (modelVersionId: string) =>
  ask(
    acme.tokens.engineer,
    `mutation ($input: PromoteModelVersionInput!) { promoteModelVersion(input: $input) { __typename } }`,
    { input: { idempotencyKey: newId(), modelVersionId } },
  )

/** A head over all evidence, as the registrar would sign it. */
async function sign(tenant: TestTenant): Promise<void> {
  const rows = await rig.sql('SELECT leaf_hash FROM evidence WHERE tenant_id = $1 ORDER BY seq', [tenant.id])
  const leaves = rows.map((row) => row['leaf_hash'] as Buffer)
  const { root, checkpoint } = integrate(
    emptyFrontier,
    leaves,
    signerFromPrivateKey(`lethe/log/${tenant.id}`, privateKey),
  )
  await rig.sql(
    `INSERT INTO log_checkpoint (tenant_id, size, root, note, key_id, frontier) VALUES ($1, $2, $3, $4, 'k', '{}')`,
    [tenant.id, leaves.length, root, checkpoint],
  )
}

beforeAll(async () => {
  rig = await startGatewayRig()
  ;[acme, rival] = await Promise.all([rig.createTenant('acme'), rig.createTenant('rival')])
  data = await seedModel(rig, acme, 'acme')
  await seedModel(rig, rival, 'rival')
  const { answer } = await ask(
    acme.tokens.privacy_officer,
    `mutation ($input: RequestErasureInput!) { requestErasure(input: $input) { ... on ErasureRequest { id } } }`,
    { input: { idempotencyKey: newId(), ground: 'Art. 17', selection: { subjectKey: 'subject-acme' } } },
  )
  erasureRequestId = (answer?.['requestErasure'] as unknown as { id: string }).id
  await rig.openCases(acme, [erasureRequestId])
  await rig.openCases(rival, [newId()])
})
afterAll(() => rig.stop())

describe('what an external auditor says', () => {
  const find = (token: string, input: object) =>
    ask(
      token,
      `mutation ($input: RecordFindingInput!) { recordFinding(input: $input) {
        ... on AuditorFinding { number severity statement evidenceSeq } ... on UserError { code field } } }`,
      {
        input: {
          idempotencyKey: newId(),
          erasureRequestId,
          severity: 'minor',
          statement: 'The plan came late.',
          ...input,
        },
      },
    )
  const signOff = (token: string, outcome: string) =>
    ask(
      token,
      `mutation ($input: SignOffErasureInput!) { signOffErasure(input: $input) {
        ... on AuditorSignOff { outcome findings } ... on UserError { code field } } }`,
      { input: { idempotencyKey: newId(), erasureRequestId, outcome } },
    )

  it('is numbered inside the request and on record as evidence', async () => {
    const first = await find(acme.tokens.auditor, {})
    const second = await find(acme.tokens.auditor, { severity: 'major', statement: '  The margin is wide. ' })
    expect(first.answer?.['recordFinding']).toMatchObject({ number: 1, severity: 'minor' })
    expect(second.answer?.['recordFinding']).toMatchObject({ number: 2, statement: 'The margin is wide.' })
    const { answer } = await ask(
      acme.tokens.privacy_officer,
      'query ($id: ID!) { erasureRequest(id: $id) { findings { number severity evidenceSeq } allowedActions } }',
      { id: erasureRequestId },
    )
    const request = answer?.['erasureRequest'] as unknown as {
      findings: { evidenceSeq: number }[]
      allowedActions: string[]
    }
    expect(request.findings).toHaveLength(2)
    expect(request.allowedActions).not.toContain('recordFinding')
    const [row] = await rig.sql('SELECT kind, request_id FROM evidence WHERE tenant_id = $1 AND seq = $2', [
      acme.id,
      request.findings[1]?.evidenceSeq,
    ])
    expect(row).toEqual({ kind: 'auditor-finding/v1', request_id: erasureRequestId })
  })

  it('is refused from anybody else, when it is empty, and when it names somebody by address', async () => {
    for (const role of ['tenant_owner', 'privacy_officer', 'engineer', 'data_owner'] as const)
      expect((await find(acme.tokens[role], {})).errors?.[0]?.extensions['code']).toBe('FORBIDDEN')
    expect((await find(rival.tokens.auditor, {})).answer?.['recordFinding']).toMatchObject({ code: 'NOT_FOUND' })
    expect((await find(acme.tokens.auditor, { statement: ' ' })).answer?.['recordFinding']).toEqual({
      code: 'FINDING_EMPTY',
      field: 'input.statement',
    })
    expect(
      (await find(acme.tokens.auditor, { statement: 'ask ada@example.com' })).answer?.['recordFinding'],
    ).toMatchObject({ code: 'PERSONAL_DATA' })
  })

  it('signs off a closed request only, naming the findings that stood then', async () => {
    expect((await signOff(acme.tokens.auditor, 'accepted')).answer?.['signOffErasure']).toEqual({
      code: 'REQUEST_OPEN',
      field: 'input.erasureRequestId',
    })
    await ask(
      acme.tokens.privacy_officer,
      'mutation ($input: ErasureDecisionInput!) { rejectErasure(input: $input) { __typename } }',
      { input: { idempotencyKey: newId(), erasureRequestId, reason: 'identity not confirmed' } },
    )
    expect((await signOff(acme.tokens.auditor, 'rejected')).answer?.['signOffErasure']).toEqual({
      outcome: 'rejected',
      findings: [1, 2],
    })
    expect((await signOff(acme.tokens.engineer, 'accepted')).errors?.[0]?.extensions['code']).toBe('FORBIDDEN')
  })
})

describe('what served when', () => {
  it('is told for any instant, also before the first promotion and after the last', async () => {
    const before = new Date(Date.now() - 1000)
    const versions = await rig.sql('SELECT id, number FROM model_version WHERE tenant_id = $1 ORDER BY number', [
      acme.id,
    ])
    const promotions = await rig.sql('SELECT at FROM promotion WHERE tenant_id = $1', [acme.id])
    await promote(data.modelVersionId)
    const query = `query ($id: ID!, $at: DateTime!) { model(id: $id) { servedAt(at: $at) { until decidedBy modelVersion { id } }
      promotions { edges { node { at until modelVersion { id } } } } } }`
    const at = async (when: Date) =>
      (await ask(acme.tokens.engineer, query, { id: data.modelId, at: when.toISOString() })).answer?.[
        'model'
      ] as unknown as {
        servedAt: { until: string | null; modelVersion: { id: string } | null } | null
        promotions: { edges: { node: { at: string; until: string | null; modelVersion: { id: string } | null } }[] }
      }
    expect(versions.length).toBeGreaterThan(0)
    if (promotions.length === 0) expect((await at(before)).servedAt).toBeNull()
    expect((await at(new Date())).servedAt).toMatchObject({ until: null, modelVersion: { id: data.modelVersionId } })
    // What the registrar writes when nothing takes a version's place.
    const stopped = new Date()
    await rig.sql(
      "INSERT INTO promotion (id, tenant_id, model_id, model_version_id, decided_by, at) VALUES ($1, $2, $3, NULL, 'policy', $4)",
      [newId(), acme.id, data.modelId, stopped],
    )
    const now = await at(new Date())
    expect(now.servedAt).toMatchObject({ until: null, modelVersion: null })
    expect(now.promotions.edges[1]?.node).toMatchObject({
      until: stopped.toISOString(),
      modelVersion: { id: data.modelVersionId },
    })
  })
})

describe('evidence', () => {
  const kindsOf = async (args: string) => {
    const { answer, errors } = await ask(
      acme.tokens.engineer,
      `{ evidence(first: 100${args}) { edges { node { kind seq } } } }`,
    )
    const { edges } = (answer?.['evidence'] ?? { edges: [] }) as unknown as { edges: { node: { kind: string } }[] }
    return (errors?.[0]?.extensions['code'] as string | undefined) ?? [...new Set(edges.map(({ node }) => node.kind))]
  }

  it('is found by request, kind, model, version and time, and by nothing that it is not about', async () => {
    expect(await kindsOf(`, modelId: "${data.modelId}"`)).toEqual(['model-promoted/v1'])
    expect(await kindsOf(`, modelVersionId: "${data.modelVersionId}"`)).toEqual(['model-promoted/v1'])
    expect(await kindsOf(`, modelVersionId: "${newId()}"`)).toEqual([])
    expect(await kindsOf(`, modelId: "nonsense"`)).toEqual([])
    expect(await kindsOf(`, erasureRequestId: "${erasureRequestId}", kind: "auditor-finding/v1"`)).toEqual([
      'auditor-finding/v1',
    ])
    expect(await kindsOf(`, to: "2020-01-01T00:00:00Z"`)).toEqual([])
    expect((await kindsOf(`, from: "2020-01-01T00:00:00Z"`)).length).toBeGreaterThan(3)
    expect(await kindsOf(', kind: "no-such/v1"')).toBe('EVIDENCE_KIND_UNKNOWN')
    expect(await kindsOf(', from: "2021-01-01T00:00:00Z", to: "2020-01-01T00:00:00Z"')).toBe('PERIOD_INVALID')
  })

  const download = async (token: string, query = '') => {
    const response = await fetch(`${rig.url}/v1/evidence/export${query}`, {
      headers: { authorization: `Bearer ${token}` },
    })
    const text = await response.text()
    if (response.status !== 200) return { status: response.status, problem: JSON.parse(text) as { code: string } }
    const [manifest, ...entries] = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object)
    return {
      status: 200,
      manifest: manifest as { checkpoint: string; treeSize: number; entries: number; filter: object },
      entries: entries as Entry[],
    }
  }

  it('is exported whole as the leaves of the signed tree', async () => {
    expect(await download(acme.tokens.engineer)).toMatchObject({ status: 404, problem: { code: 'NOTHING_PUBLISHED' } })
    await sign(acme)
    const { manifest, entries } = await download(acme.tokens.engineer)
    if (!manifest) throw new Error('nothing was exported')
    const head = parseLogCheckpoint(manifest.checkpoint)
    const rebuilt = integrate(
      emptyFrontier,
      entries.map(({ body }) => statementLeafHash(body)),
      signerFromPrivateKey('any', privateKey),
    )
    expect(rebuilt.root.equals(head.root)).toBe(true)
    expect([manifest.entries, manifest.treeSize, head.size]).toEqual([entries.length, entries.length, entries.length])
  })

  it('is exported by a filter with a proof for each entry, which another entry does not satisfy', async () => {
    const { manifest, entries } = await download(acme.tokens.privacy_officer, '?kind=auditor-finding/v1')
    if (!manifest) throw new Error('nothing was exported')
    const head = parseLogCheckpoint(manifest.checkpoint)
    expect(manifest).toMatchObject({ entries: 2, filter: { kind: 'auditor-finding/v1' } })
    const check = (of: Entry, index: number) =>
      verifyInclusion(
        {
          leafHash: statementLeafHash(of.body),
          index,
          size: head.size,
          path: (of.path ?? []).map((hash) => Buffer.from(hash, 'base64')),
        },
        head.root,
      )
    for (const entry of entries) check(entry, entry.seq - 1)
    expect(() => check(entries[0] as Entry, (entries[1] as Entry).seq - 1)).toThrow()
  })

  it('is exported to nobody without the right, and not by a filter that does not exist', async () => {
    expect((await download('')).status).toBe(401)
    expect((await download(acme.tokens.data_owner)).status).toBe(403)
    expect(await download(rival.tokens.engineer)).toMatchObject({ status: 404 })
    expect(await download(acme.tokens.engineer, '?color=red')).toMatchObject({
      status: 422,
      problem: { code: 'INVALID_INPUT' },
    })
    expect(await download(acme.tokens.engineer, '?from=yesterday')).toMatchObject({ status: 422 })
  })
})
