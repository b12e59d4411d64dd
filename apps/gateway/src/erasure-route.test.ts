import { UnlearningRecipe } from '@lethe/domain'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type GatewayRig, startGatewayRig, type TestRole, type TestTenant } from './testing/gateway-rig.js'
import { seedModel, type SeededData } from './testing/seed.js'

let rig: GatewayRig
let tenant: TestTenant
let data: SeededData

beforeAll(async () => {
  rig = await startGatewayRig()
  tenant = await rig.createTenant('acme')
  data = await seedModel(rig, tenant, 'acme')
})
afterAll(() => rig.stop())

let keys = 0
const key = (): string => `key-${(keys += 1)}`

const fields = `__typename ... on UserError { code message field }
  ... on ErasureRequest { id number state forgetCount forgetDigest planDigest allowedActions approvals { userName }
    plan { action method estimateSeconds retrainEstimateSeconds comparisons modelVersion { id } }
    clock { state dueAt explanation { code } } timeline { kind summary evidenceSeq } runs { kind state method } }`

interface Answer {
  __typename: string
  [field: string]: unknown
}

async function mutate(role: TestRole, name: string, inputType: string, input: object): Promise<Answer> {
  const query = `mutation ($input: ${inputType}!) { ${name}(input: $input) { ${fields} } }`
  const { data: answer, errors } = await rig.graphql(tenant.tokens[role], query, {
    input: { idempotencyKey: key(), ...input },
  })
  if (errors) throw new Error(JSON.stringify(errors))
  return answer?.[name] as Answer
}

const request = (role: TestRole, input: object) =>
  mutate(role, 'requestErasure', 'RequestErasureInput', { ground: 'GDPR Art. 17', ...input })
/** Of an approval, to the plan as it stands unless another is named. */
const decide = async (role: TestRole, name: string, erasureRequestId: unknown, more: object = {}) => {
  const plan = name === 'approveErasure' ? { planDigest: await planDigestOf(erasureRequestId) } : {}
  return mutate(role, name, 'ErasureDecisionInput', { erasureRequestId, ...plan, ...more })
}
const planDigestOf = async (id: unknown): Promise<unknown> => {
  const query = 'query ($id: ID!) { erasureRequest(id: $id) { planDigest } }'
  const { data: found } = await rig.graphql(tenant.tokens.privacy_officer, query, { id })
  return (found?.['erasureRequest'] as { planDigest: string } | null)?.planDigest ?? null
}
const plan = (role: TestRole, erasureRequestId: unknown, more: object = {}) =>
  mutate(role, 'planErasure', 'PlanErasureInput', { erasureRequestId, ...more })

describe('an erasure request, from the mutation to the work it asks for', () => {
  it('goes its way to UNLEARNING, each step on record', async () => {
    const received = await request('data_owner', { selection: { subjectKey: data.subjectKey } })
    expect(received).toMatchObject({
      state: 'RECEIVED',
      forgetCount: 9,
      allowedActions: ['withdrawErasure', 'requestEvidenceBundle'],
    })
    const { id } = received
    expect(await decide('privacy_officer', 'verifyIdentity', id)).toMatchObject({ state: 'VERIFIED' })

    const planned = await plan('privacy_officer', id)
    expect(planned).toMatchObject({
      state: 'PLANNED',
      plan: [
        {
          action: 'UNLEARN',
          method: 'alignment-calibration',
          comparisons: [{ method: 'fine-tune', epochs: 15, learningRate: 0.02, seed: 1 }],
          modelVersion: { id: data.modelVersionId },
          // 400 s for 40 samples in 10 epochs are 1 s a sample; 8 of the 9 were learned: (40 − 8) × (2 × 10 + 5), and × 10.
          estimateSeconds: 800,
          retrainEstimateSeconds: 320,
        },
      ],
    })
    const first = await decide('privacy_officer', 'approveErasure', id, { planDigest: planned['planDigest'] })
    expect(first).toMatchObject({ state: 'PLANNED', approvals: [{ userName: 'privacy_officer of acme' }] })
    expect(first['allowedActions']).not.toContain('approveErasure')
    expect(await decide('privacy_officer', 'approveErasure', id)).toMatchObject({ code: 'ALREADY_APPROVED' })

    const second = await decide('tenant_owner', 'approveErasure', id)
    expect(second).toMatchObject({ state: 'UNLEARNING', clock: { state: 'RUNNING' } })
    expect(second['runs']).toEqual([
      { kind: 'unlearn', state: 'QUEUED', method: 'alignment-calibration' },
      { kind: 'unlearn', state: 'QUEUED', method: 'fine-tune' },
    ])
    expect((second['timeline'] as { kind: string }[]).map(({ kind }) => kind)).toEqual([
      'erasure-requested/v1',
      'clock-changed/v1',
      'identity-verified/v1',
      'erasure-planned/v1',
      'erasure-approved/v1',
      'erasure-approved/v1',
    ])
    const outbox = await rig.sql(`SELECT payload FROM outbox WHERE tenant_id = $1 AND contract = 'task'`, [tenant.id])
    expect(outbox).toHaveLength(2)
  })

  it('keeps the very bytes of the forget set, and no personal data on record', async () => {
    const [row] = await rig.sql('SELECT forget_digest, forget_size FROM erasure_request WHERE tenant_id = $1', [
      tenant.id,
    ])
    const stored = await rig.gateway.services.artifacts.get(tenant.id, row?.['forget_digest'] as never)
    expect(Buffer.from(stored).toString()).toBe(
      [...data.contentIds]
        .sort()
        .map((line) => `${line}\n`)
        .join(''),
    )
    const bodies = (await rig.sql('SELECT body FROM evidence')).map((entry) => entry['body']).join()
    for (const secret of [data.subjectKey, '@acme.test', ...data.contentIds, ...Object.values(tenant.userIds)])
      expect(bodies).not.toContain(secret)
  })
})

describe('a plan', () => {
  const closureOf = async (role: TestRole, id: unknown): Promise<Record<string, unknown>[]> => {
    const query = `query ($id: ID!) { erasureRequest(id: $id) {
      closure { thing refId label action state basis receiptSeq } } }`
    const { data: answer, errors } = await rig.graphql(tenant.tokens[role], query, { id })
    if (errors) throw new Error(JSON.stringify(errors))
    return (answer?.['erasureRequest'] as { closure: Record<string, unknown>[] }).closure
  }

  it('names every thing that derives from the samples, and what is done about it, on record', async () => {
    const { id } = await request('data_owner', { selection: { contentIds: [data.contentIds[3]] } })
    await decide('privacy_officer', 'verifyIdentity', id)
    expect((await closureOf('privacy_officer', id)).filter(({ state }) => state !== 'NOT_COVERED')).toEqual([])
    await plan('privacy_officer', id)
    const listed = await closureOf('privacy_officer', id)
    expect(
      listed.filter(({ refId }) => refId === data.datasetVersionId).map(({ thing, action }) => [thing, action]),
    ).toEqual([
      ['dataset-pack', 'DESTROY'],
      ['dataset-upload', 'DESTROY'],
      ['sample-list', 'DESTROY'],
      ['samples', 'DESTROY'],
    ])
    const model = { thing: 'model-version', label: 'model of acme, version 1', action: 'UNLEARN', state: 'PLANNED' }
    expect(listed).toContainEqual(expect.objectContaining({ ...model, refId: data.modelVersionId }))
    for (const { action, basis } of listed.filter((item) => item['action'] === 'RETAIN'))
      expect([action, basis]).toEqual(['RETAIN', expect.stringMatching(/GDPR Art\. 5\(2\).*17\(3\)\(e\)/)])
    const [entry] = await rig.sql(
      `SELECT payload FROM evidence WHERE request_id = $1 AND kind = 'erasure-planned/v1'`,
      [id],
    )
    const { things } = (entry?.['payload'] as { predicate: { things: { thing: string; id: string }[] } }).predicate
    expect(things.map((thing) => `${thing.thing} ${thing.id}`).sort()).toEqual(
      listed.map(({ thing, refId }) => `${String(thing)} ${String(refId)}`).sort(),
    )
  })

  it('tells a data owner what becomes of their pictures, and no names of datasets', async () => {
    const { id } = await request('data_owner', { selection: { contentIds: [data.contentIds[4]] } })
    await decide('privacy_officer', 'verifyIdentity', id)
    await plan('privacy_officer', id)
    const listed = await closureOf('data_owner', id)
    expect(listed.length).toBeGreaterThan(5)
    expect(listed.filter(({ label }) => label !== null)).toEqual([])
  })

  it('that misses what came after it cannot be approved, and what is missing is named', async () => {
    const { id } = await request('data_owner', { selection: { contentIds: [data.contentIds[5]] } })
    await decide('privacy_officer', 'verifyIdentity', id)
    const { planDigest } = await plan('privacy_officer', id)
    await decide('tenant_owner', 'approveErasure', id)
    const [copy] = await rig.sql(
      `INSERT INTO model_version (id, tenant_id, model_id, number, state, origin, dataset_version_id, run_id, recipe,
         weights_digest, weights_size, state_digest, state_size)
       SELECT gen_random_uuid(), tenant_id, model_id, 77, 'REJECTED', 'unlearn', dataset_version_id, run_id, recipe,
         weights_digest, 1, state_digest, 1 FROM model_version WHERE id = $1 RETURNING id`,
      [data.modelVersionId],
    )
    expect(await decide('privacy_officer', 'approveErasure', id)).toMatchObject({
      code: 'PLAN_STALE',
      message: expect.stringContaining('version 77, which still remembers these samples'),
    })
    expect((await closureOf('privacy_officer', id))[0]).toMatchObject({ refId: copy?.['id'], state: 'NOT_COVERED' })
    const again = await plan('privacy_officer', id)
    expect(again['planDigest']).not.toBe(planDigest)
    expect(await closureOf('privacy_officer', id)).toContainEqual(
      expect.objectContaining({ refId: copy?.['id'], action: 'DESTROY', state: 'PLANNED' }),
    )
    await rig.sql('UPDATE model_version SET destroyed_at = now() WHERE id = $1', [copy?.['id']])
  })
})

describe('a plan that failed', () => {
  it('is replaced only when its work has ended, and then needs approvals of its own', async () => {
    const { id } = await request('data_owner', { selection: { contentIds: [data.contentIds[0]] } })
    await decide('privacy_officer', 'verifyIdentity', id)
    const planned = await plan('privacy_officer', id)
    for (const role of ['privacy_officer', 'tenant_owner'] as const) await decide(role, 'approveErasure', id)
    await rig.sql(`UPDATE erasure_request SET state = 'BLOCKED' WHERE id = $1`, [id])
    expect(await plan('privacy_officer', id)).toMatchObject({ code: 'RUNS_IN_PROGRESS' })
    await rig.sql(`UPDATE run SET state = 'FAILED' WHERE request_id = $1`, [id])
    const [candidate] = await rig.sql(
      `UPDATE model_version SET state = 'READY', weights_digest = $2, state_digest = $2
       WHERE id = (SELECT result_version_id FROM plan_item WHERE request_id = $1) RETURNING id`,
      [id, 'c'.repeat(64)],
    )
    const again = await plan('privacy_officer', id)
    expect(again).toMatchObject({ state: 'PLANNED', approvals: [], plan: planned['plan'] })
    expect(again['planDigest']).not.toBe(planned['planDigest'])
    expect((await plan('tenant_owner', id))['planDigest']).toBe(again['planDigest'])
    expect(await decide('tenant_owner', 'approveErasure', id)).toMatchObject({ state: 'PLANNED' })
    const [left] = await rig.sql('SELECT state FROM model_version WHERE id = $1', [candidate?.['id']])
    expect(left).toEqual({ state: 'REJECTED' })
  })
})

describe('what cannot be done', () => {
  it('refuses an unknown or empty selection, naming the field, and writes nothing', async () => {
    const before = await rig.sql('SELECT count(*) FROM erasure_request')
    const selection = (value: object) => request('privacy_officer', { selection: value })
    expect(await selection({ subjectKey: 'nobody' })).toMatchObject({ code: 'UNKNOWN_SUBJECT' })
    expect(await selection({ contentIds: [data.contentIds[0], 'f'.repeat(64)] })).toMatchObject({
      code: 'UNKNOWN_SAMPLES',
      field: 'input.selection.contentIds',
    })
    expect(await selection({ contentIds: [] })).toMatchObject({ code: 'EMPTY_FORGET_SET' })
    expect(await selection({})).toMatchObject({ code: 'SELECTION_INVALID' })
    expect(await selection({ contentIds: [data.contentIds[0], data.otherContentIds[0]] })).toMatchObject({
      code: 'MIXED_OWNERS',
    })
    expect(await rig.sql('SELECT count(*) FROM erasure_request')).toEqual(before)
  })

  it("lets a data owner ask for nobody's samples but their own", async () => {
    expect(await request('data_owner', { selection: { subjectKey: 'stranger' } })).toMatchObject({
      code: 'UNKNOWN_SUBJECT',
    })
    expect(await request('data_owner', { selection: { contentIds: [data.otherContentIds[0]] } })).toMatchObject({
      code: 'UNKNOWN_SAMPLES',
    })
  })

  it('needs two people besides the one who asked, for the plan as it is', async () => {
    const { id } = await request('privacy_officer', { selection: { contentIds: [data.otherContentIds[0]] } })
    expect(await plan('privacy_officer', id)).toMatchObject({ code: 'ILLEGAL_TRANSITION' })
    await decide('privacy_officer', 'verifyIdentity', id)
    const first = await plan('privacy_officer', id)
    expect(await decide('privacy_officer', 'approveErasure', id)).toMatchObject({ code: 'SELF_APPROVAL' })
    await decide('tenant_owner', 'approveErasure', id)
    const changed = await plan('tenant_owner', id, {
      unlearning: { method: 'fine-tune', learningRate: 0.01, seed: 2 },
      comparisons: [],
    })
    expect(changed['planDigest']).not.toBe(first['planDigest'])
    expect(changed['approvals']).toEqual([])
    expect(await decide('tenant_owner', 'approveErasure', id, { planDigest: first['planDigest'] })).toMatchObject({
      code: 'PLAN_CHANGED',
    })
  })

  it('plans every method of unlearning, with what it costs and what it is to be compared with', async () => {
    const { id } = await request('privacy_officer', { selection: { contentIds: [data.otherContentIds[2]] } })
    await decide('privacy_officer', 'verifyIdentity', id)
    const budget = { learningRate: 0.001, epochs: 4, seed: 2 }
    const beside = { ...budget, method: 'fine-tune' }
    // One second a sample; 39 are kept and 1 is forgotten.
    const expected: [recipe: { method: string; seed: number }, estimateSeconds: number, comparisons: object[]][] = [
      [{ method: 'alignment-calibration', ...budget }, 39 * 13, [{ ...beside, epochs: 9 }]],
      [{ method: 'fine-tune', ...budget }, 39 * 4, []],
      [{ method: 'gradient-ascent', ...budget }, 4, [{ ...beside, learningRate: 0.02 }]],
      [{ method: 'neg-grad', ...budget }, 40 * 4, [beside]],
      [{ method: 'l1-sparsity', ...budget }, 39 * 4, [beside]],
      [{ method: 'retrain', seed: 2 }, 390, []],
      [{ method: 'output-suppression', seed: 2 }, 0, []],
    ]
    for (const [unlearning, estimateSeconds, comparisons] of expected) {
      const { method } = unlearning
      expect(await plan('privacy_officer', id, { unlearning }), method).toMatchObject({
        state: 'PLANNED',
        plan: [{ method, estimateSeconds, comparisons, retrainEstimateSeconds: 390 }],
      })
    }
    expect(expected.map(([{ method }]) => method).toSorted()).toEqual(
      UnlearningRecipe.options.map(({ shape }) => shape.method.value).toSorted(),
    )
  })

  it('names the member of a recipe that is wrong', async () => {
    const { id } = await request('privacy_officer', { selection: { contentIds: [data.otherContentIds[1]] } })
    await decide('privacy_officer', 'verifyIdentity', id)
    const wrong = { method: 'alignment-calibration', learningRate: 0.02, seed: 1, alpha: -1 }
    expect(await plan('privacy_officer', id, { unlearning: wrong })).toMatchObject({
      code: 'INVALID_INPUT',
      field: 'input.unlearning.alpha',
    })
    expect(await plan('privacy_officer', id, { policy: { aucMargin: 2 } })).toMatchObject({
      field: 'input.policy.aucMargin',
    })
    expect(await decide('privacy_officer', 'rejectErasure', id)).toMatchObject({ code: 'REASON_MISSING' })
    expect(await decide('privacy_officer', 'rejectErasure', id, { reason: 'not theirs' })).toMatchObject({
      state: 'REJECTED',
      clock: { state: 'MET' },
    })
    const [closed] = await rig.sql(
      `SELECT payload FROM evidence WHERE request_id = $1 AND kind = 'erasure-closed/v1'`,
      [id],
    )
    const closedBy = rig.gateway.services.commitToPerson({
      tenantId: tenant.id,
      userId: tenant.userIds.privacy_officer,
    })
    expect(closed?.['payload']).toMatchObject({ predicate: { outcome: 'REJECTED', closedBy } })
  })

  it('lets a request that no model version learned from erase, once it is approved', async () => {
    const { id } = await request('data_owner', { selection: { contentIds: [data.contentIds.at(-1)] } })
    await decide('privacy_officer', 'verifyIdentity', id)
    expect(await plan('privacy_officer', id)).toMatchObject({ state: 'PLANNED', plan: [] })
    await decide('tenant_owner', 'approveErasure', id)
    expect(await decide('privacy_officer', 'approveErasure', id)).toMatchObject({
      state: 'ERASING',
      clock: { state: 'RUNNING' },
    })
    expect(await decide('tenant_owner', 'withdrawErasure', id)).toMatchObject({ code: 'ILLEGAL_TRANSITION' })
  })

  it('says before anything is promised what would be touched and what an audit could tell', async () => {
    const query = `query ($selection: ErasureSelection!) { previewErasure(selection: $selection) {
      forgetCount unknownContentIds affected { learnedCount modelVersion { id } }
      auditPower { forgetCount heldOutCount power requiredForgetSize aucMargin } } }`
    const { data: seen } = await rig.graphql(tenant.tokens.data_owner, query, {
      selection: { contentIds: [...data.contentIds, 'e'.repeat(64)] },
    })
    expect(seen?.['previewErasure']).toEqual({
      forgetCount: 9,
      unknownContentIds: ['e'.repeat(64)],
      affected: [{ learnedCount: 8, modelVersion: { id: data.modelVersionId } }],
      auditPower: { forgetCount: 9, heldOutCount: 20, power: 0, requiredForgetSize: 1_000_000, aucMargin: 0.1 },
    })
  })
})

describe('idempotency', () => {
  it('answers a repeat with the same request, and refuses the key for anything else', async () => {
    const input = { idempotencyKey: 'twice', selection: { contentIds: [data.otherContentIds[2]] } }
    const [first, second] = await Promise.all([request('privacy_officer', input), request('privacy_officer', input)])
    expect(first['id']).toBe(second['id'])
    expect(first['number']).toBe(second['number'])
    const other = { ...input, selection: { contentIds: [data.otherContentIds[3]] } }
    expect(await request('privacy_officer', other)).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' })
    const elsewhere = { idempotencyKey: 'twice', reason: '' }
    expect(await decide('privacy_officer', 'verifyIdentity', first['id'], elsewhere)).toMatchObject({
      code: 'IDEMPOTENCY_CONFLICT',
    })
  })
})
