import { ErasureState, ErasureStep, mayTake } from '@lethe/domain'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createErasureClient, type ErasureClient } from './testing/erasure-client.js'
import { type GatewayRig, startGatewayRig, type TestTenant } from './testing/gateway-rig.js'
import { seedModel, type SeededData } from './testing/seed.js'

let rig: GatewayRig
let tenant: TestTenant
let data: SeededData
let client: ErasureClient

beforeAll(async () => {
  rig = await startGatewayRig()
  tenant = await rig.createTenant('acme')
  data = await seedModel(rig, tenant, 'acme')
  client = createErasureClient(rig, tenant)
})
afterAll(() => rig.stop())

/** Two people who did not raise the request. */
async function approve(id: unknown): Promise<unknown> {
  await rig.sql('UPDATE erasure_request SET requested_by = $2 WHERE id = $1', [id, tenant.userIds.data_owner])
  const plan = await client.read('tenant_owner', id, 'planDigest')
  await client.decide('privacy_officer', 'approveErasure', id, plan)
  return client.decide('tenant_owner', 'approveErasure', id, plan)
}

const evidenceOf = (id: unknown, kind: string) =>
  rig.sql(`SELECT payload->'predicate' AS predicate FROM evidence WHERE request_id = $1 AND kind = $2 ORDER BY seq`, [
    id,
    kind,
  ])

const tasksOf = async (id: unknown) =>
  (await rig.sql(`SELECT task FROM run WHERE request_id = $1 AND kind = 'unlearn' ORDER BY id`, [id])).map(
    ({ task }) => task as Record<string, unknown>,
  )

describe('what can be done about a version', () => {
  const options = `planOptions { learnedCount retainedCount actions modelVersion { id }
    methods { method unlearning seconds lowSeconds highSeconds trainings shareOfRetraining cost { amount currency } } }`

  it('is told with what every method takes, in time and at the price of the tenant', async () => {
    const setPrice = async (price: object) => {
      const query = `mutation ($input: SetDeviceHourPriceInput!) { setDeviceHourPrice(input: $input) {
        __typename ... on UserError { code field } } }`
      const input = { idempotencyKey: JSON.stringify(price).replaceAll(' ', ''), ...price }
      return (await rig.graphql(tenant.tokens.tenant_owner, query, { input })).data?.['setDeviceHourPrice']
    }
    expect(await setPrice({ amount: -1, currency: 'EUR' })).toMatchObject({
      code: 'PRICE_INVALID',
      field: 'input.amount',
    })
    expect(await setPrice({ amount: 1, currency: 'EURO' })).toMatchObject({ field: 'input.currency' })
    const costs = async () => {
      const query = '{ deviceCosts { price { amount currency } settledRuns wallSeconds cost { amount currency } } }'
      return (await rig.graphql(tenant.tokens.engineer, query)).data?.['deviceCosts'] as Record<string, unknown>
    }
    expect(await costs()).toMatchObject({ price: null, cost: null })
    expect(await setPrice({ amount: 3.6, currency: 'EUR' })).toMatchObject({ __typename: 'DeviceHourPrice' })
    expect(await costs()).toMatchObject({ price: { amount: 3.6, currency: 'EUR' }, cost: { currency: 'EUR' } })
    const refused = await rig.graphql(tenant.tokens.data_owner, '{ deviceCosts { wallSeconds } }')
    expect(refused.errors?.[0]?.extensions?.['code']).toBe('FORBIDDEN')
    const { id } = await client.request('privacy_officer', { selection: { contentIds: [data.otherContentIds[0]] } })
    expect(await client.read('privacy_officer', id, options)).toEqual({ planOptions: [] })
    await client.decide('privacy_officer', 'verifyIdentity', id)
    const { planOptions } = await client.read('privacy_officer', id, options)
    const [option] = planOptions as { methods: Record<string, unknown>[] }[]
    expect(option).toMatchObject({
      learnedCount: 1,
      retainedCount: 39,
      actions: ['UNLEARN', 'RETRAIN', 'DESTROY', 'RETAIN'],
      modelVersion: { id: data.modelVersionId },
    })
    // One second a sample: 39 samples in 10 epochs, and in 25 of Alignment Calibration.
    const byMethod = new Map(option?.methods.map((each) => [each['method'], each]))
    expect(byMethod.get('retrain')).toMatchObject({
      seconds: 390,
      shareOfRetraining: 1,
      trainings: 1,
      lowSeconds: null,
    })
    const calibration = byMethod.get('alignment-calibration')
    expect(calibration).toMatchObject({ seconds: 975, shareOfRetraining: 2.5 })
    expect(calibration?.['cost']).toEqual({ amount: expect.closeTo(0.975, 9) as number, currency: 'EUR' })
    const unlearning = byMethod.get('fine-tune')?.['unlearning']
    expect(await client.plan('privacy_officer', id, { unlearning })).toMatchObject({ plan: [{ method: 'fine-tune' }] })
  })

  it('has an interval as soon as there are two trainings', async () => {
    const [copy] = await rig.sql(
      `INSERT INTO model_version (id, tenant_id, model_id, number, state, origin, dataset_version_id, run_id, recipe,
         weights_digest, weights_size, state_digest, state_size, cost, ready_at)
       SELECT gen_random_uuid(), tenant_id, model_id, 50, 'RETIRED', 'pretrain', dataset_version_id, run_id, recipe,
         weights_digest, 1, state_digest, 1, jsonb_set(cost, '{wallSeconds}', '500'), now()
       FROM model_version WHERE id = $1 RETURNING id`,
      [data.modelVersionId],
    )
    const { id } = await client.planned([data.otherContentIds[1]])
    const { plan } = await client.read(
      'privacy_officer',
      id,
      'plan { estimateSeconds estimateLowSeconds estimateHighSeconds }',
    )
    const [{ estimateSeconds, estimateLowSeconds, estimateHighSeconds }] = plan as [Record<string, number>]
    expect(estimateSeconds).toBeCloseTo(975 * Math.sqrt(1.25), 6)
    expect(estimateLowSeconds).toBeLessThan(estimateSeconds ?? 0)
    expect(estimateHighSeconds).toBeGreaterThan(estimateSeconds ?? 0)
    await rig.sql('UPDATE model_version SET destroyed_at = now() WHERE id = $1', [copy?.['id']])
  })

  it('RETAIN needs a reason in law, which goes on record, and the version then goes on serving', async () => {
    const { id } = await client.planned([data.otherContentIds[2]])
    const version = { modelVersionId: data.modelVersionId, action: 'RETAIN' }
    expect(await client.plan('privacy_officer', id, { versions: [version] })).toMatchObject({
      code: 'BASIS_MISSING',
      field: 'input.versions.0.basis',
    })
    const basis = 'GDPR Art. 17(3)(e): evidence in a pending case.'
    const planned = await client.plan('privacy_officer', id, { versions: [{ ...version, basis }] })
    expect(planned).toMatchObject({ plan: [{ action: 'RETAIN', method: null, basis }] })
    expect((await evidenceOf(id, 'erasure-planned/v1')).at(-1)).toMatchObject({
      predicate: {
        items: [{ action: 'RETAIN', unlearning: null, basis }],
        things: expect.arrayContaining([
          { thing: 'model-version', id: data.modelVersionId, action: 'RETAIN', basis },
        ]) as unknown,
      },
    })
    expect(await approve(id)).toMatchObject({ state: 'ERASING' })
    const [kept] = await rig.sql('SELECT state FROM model_version WHERE id = $1', [data.modelVersionId])
    expect(kept).toEqual({ state: 'READY' })
    await rig.sql(`UPDATE erasure_request SET state = 'FULFILLED' WHERE id = $1`, [id])
  })

  it('names the choice that is wrong', async () => {
    const { id } = await client.planned([data.otherContentIds[3]])
    const choose = (choice: object) =>
      client.plan('privacy_officer', id, { versions: [{ modelVersionId: data.modelVersionId, ...choice }] })
    expect(await choose({ modelVersionId: data.datasetId })).toMatchObject({
      code: 'VERSION_NOT_AFFECTED',
      field: 'input.versions.0.modelVersionId',
    })
    expect(await choose({ unlearning: { method: 'magic' } })).toMatchObject({
      code: 'INVALID_INPUT',
      field: expect.stringContaining('input.versions.0.unlearning') as string,
    })
    expect(
      await choose({ action: 'RETRAIN', unlearning: { method: 'fine-tune', learningRate: 1, seed: 1 } }),
    ).toMatchObject({ code: 'INVALID_INPUT', field: 'input.versions.0.action' })
    expect(await choose({ action: 'RETRAIN' })).toMatchObject({ plan: [{ action: 'RETRAIN', method: 'retrain' }] })
  })
})

describe('requests in a batch', () => {
  const recipe = { unlearning: { method: 'fine-tune', epochs: 3, learningRate: 0.01, seed: 1 }, comparisons: [] }
  const batch = (...requests: { readonly [field: string]: unknown }[]) =>
    client.mutate('privacy_officer', 'batchErasures', { erasureRequestIds: requests.map(({ id }) => id) })

  it('are approved each by itself and unlearned in one run, with the union of their sets', async () => {
    const [a, b, c] = data.otherContentIds.slice(4, 7)
    const one = await client.planned([a, b], recipe)
    const two = await client.planned([b, c], recipe)
    expect(await batch(one, two)).toMatchObject({
      batch: [{ number: one['number'] }, { number: two['number'] }],
      allowedActions: expect.arrayContaining(['leaveErasureBatch']) as unknown,
    })
    expect(await evidenceOf(two['id'], 'erasure-batched/v1')).toMatchObject([
      { predicate: { members: [{ erasureRequestId: one['id'] }, {}], modelVersionIds: [data.modelVersionId] } },
    ])
    expect(await approve(one['id'])).toMatchObject({
      state: 'APPROVED',
      stateReason: expect.stringContaining(`request ${String(two['number'])}`) as string,
    })
    expect(await tasksOf(one['id'])).toEqual([])
    expect(await approve(two['id'])).toMatchObject({ state: 'UNLEARNING' })
    expect(await client.read('privacy_officer', one['id'], 'state')).toEqual({ state: 'UNLEARNING' })
    const tasks = [...(await tasksOf(one['id'])), ...(await tasksOf(two['id']))]
    expect(tasks).toHaveLength(1)
    // Three different samples, although two and two were asked for.
    expect(tasks[0]).toMatchObject({ learnedCount: 3, together: [{}] })
    const items = await rig.sql('SELECT DISTINCT result_version_id FROM plan_item WHERE request_id = ANY ($1)', [
      [one['id'], two['id']],
    ])
    expect(items).toHaveLength(1)
  })

  it('go on without one that is withdrawn before the run', async () => {
    const one = await client.planned([data.otherContentIds[7]], recipe)
    const two = await client.planned([data.otherContentIds[8]], recipe)
    await batch(one, two)
    await approve(one['id'])
    await client.decide('tenant_owner', 'withdrawErasure', two['id'], { reason: 'Changed their mind.' })
    expect(await client.read('privacy_officer', one['id'], 'state batch { number }')).toEqual({
      state: 'UNLEARNING',
      batch: [{ number: one['number'] }],
    })
    expect(await tasksOf(one['id'])).toMatchObject([{ learnedCount: 1 }])
    const left = await evidenceOf(two['id'], 'erasure-batched/v1')
    expect(left.at(-1)).toMatchObject({ predicate: { members: [{ erasureRequestId: two['id'] }] } })
  })

  it('keep a run that others wait for when one is withdrawn in the middle of it', async () => {
    const one = await client.planned([data.otherContentIds[9]], recipe)
    const two = await client.planned([data.otherContentIds[10]], recipe)
    await batch(one, two)
    await approve(one['id'])
    await approve(two['id'])
    const [before] = await rig.sql(`SELECT id FROM run WHERE request_id = ANY ($1)`, [[one['id'], two['id']]])
    const [owner, other] = (await tasksOf(one['id'])).length > 0 ? [one, two] : [two, one]
    await client.decide('tenant_owner', 'withdrawErasure', owner['id'], { reason: 'Changed their mind.' })
    const [after] = await rig.sql(`SELECT id, request_id, cancel_requested_at FROM run WHERE id = $1`, [before?.['id']])
    expect(after).toEqual({ id: before?.['id'], request_id: other['id'], cancel_requested_at: null })
    await client.decide('tenant_owner', 'withdrawErasure', other['id'], { reason: 'So did they.' })
    const [ended] = await rig.sql(`SELECT cancel_requested_at FROM run WHERE id = $1`, [before?.['id']])
    expect(ended?.['cancel_requested_at']).not.toBeNull()
  })

  it('go their own ways when one leaves or is planned anew', async () => {
    const one = await client.planned([data.otherContentIds[11]], recipe)
    const two = await client.planned([data.otherContentIds[12]], recipe)
    await batch(one, two)
    await approve(one['id'])
    expect(await client.decide('privacy_officer', 'leaveErasureBatch', one['id'])).toMatchObject({
      state: 'UNLEARNING',
      batch: [],
    })
    expect(await client.decide('privacy_officer', 'leaveErasureBatch', one['id'])).toMatchObject({
      code: 'ILLEGAL_TRANSITION',
    })
    const three = await client.planned([data.otherContentIds[13]], recipe)
    const four = await client.planned([data.otherContentIds[14]], recipe)
    await batch(three, four)
    expect(await client.plan('privacy_officer', three['id'])).toMatchObject({ batch: [] })
    expect(await client.read('privacy_officer', four['id'], 'batch { number }')).toEqual({
      batch: [{ number: four['number'] }],
    })
  })

  it('must be planned, in no other batch, and share a version and its recipe; the request at fault is named', async () => {
    const one = await client.planned([data.otherContentIds[15]], recipe)
    const two = await client.planned([data.otherContentIds[16]], {
      unlearning: { ...recipe.unlearning, epochs: 4 },
      comparisons: [],
    })
    const [received] = [
      await client.request('privacy_officer', { selection: { contentIds: [data.otherContentIds[17]] } }),
    ]
    const heldOut = await client.planned([data.otherContentIds[40]], recipe)
    const named = ({ number }: { readonly [field: string]: unknown }) =>
      expect.stringContaining(`Request ${String(number)} `) as string
    expect(await batch(one)).toMatchObject({ code: 'BATCH_TOO_SMALL' })
    expect(await batch(one, two)).toMatchObject({ code: 'BATCH_RECIPES_DIFFER', message: named(two) })
    expect(await batch(one, received ?? one)).toMatchObject({
      code: 'BATCH_NOT_PLANNED',
      message: named(received ?? one),
    })
    expect(await batch(one, heldOut)).toMatchObject({ code: 'BATCH_NOTHING_SHARED' })
    const three = await client.planned([data.otherContentIds[18]], recipe)
    await batch(one, three)
    expect(await batch(one, three)).toMatchObject({ code: 'ALREADY_BATCHED', message: named(one) })
    expect(
      await client.mutate('privacy_officer', 'batchErasures', { erasureRequestIds: [one['id'], data.ownerId] }),
    ).toMatchObject({ code: 'NOT_FOUND' })
  })
})

describe('a request', () => {
  const steps: Readonly<Record<ErasureStep, (id: unknown) => ReturnType<ErasureClient['mutate']>>> = {
    beginIdentityCheck: (id) =>
      client.decide('privacy_officer', 'beginIdentityCheck', id, { method: 'OTHER', reason: 'r' }),
    sendIdentityChallenge: (id) =>
      client.mutate(
        'privacy_officer',
        'sendIdentityChallenge',
        { erasureRequestId: id, email: 'person@known.test' },
        'SendIdentityChallengeInput',
      ),
    verifyIdentity: (id) => client.decide('privacy_officer', 'verifyIdentity', id),
    planErasure: (id) => client.plan('privacy_officer', id),
    approveErasure: (id) => client.decide('tenant_owner', 'approveErasure', id, { planDigest: 'a'.repeat(64) }),
    batchErasures: (id) => client.mutate('privacy_officer', 'batchErasures', { erasureRequestIds: [id, partner] }),
    leaveErasureBatch: (id) => client.decide('privacy_officer', 'leaveErasureBatch', id),
    rejectErasure: (id) => client.decide('privacy_officer', 'rejectErasure', id, { reason: 'r' }),
    withdrawErasure: (id) => client.decide('tenant_owner', 'withdrawErasure', id, { reason: 'r' }),
    retryErasure: (id) => client.decide('tenant_owner', 'retryErasure', id),
  }
  const refusals = ['ILLEGAL_TRANSITION', 'BATCH_NOT_PLANNED']
  let partner: unknown

  it.each(ErasureState.options)(
    'that is %s refuses every step that the table does not have, and stays as it is',
    async (state) => {
      const { id } = await client.request('data_owner', { selection: { contentIds: [data.contentIds[6]] } })
      partner = (await client.planned([data.otherContentIds[19]])).id
      await rig.sql('UPDATE erasure_request SET state = $2, plan_digest = $3 WHERE id = $1', [
        id,
        state,
        'a'.repeat(64),
      ])
      const before = await rig.sql('SELECT * FROM erasure_request WHERE id = $1', [id])
      const evidence = await rig.sql('SELECT count(*) FROM evidence WHERE request_id = $1', [id])
      for (const step of ErasureStep.options.filter((each) => !mayTake(each, state))) {
        const answer = await steps[step](id)
        expect(refusals, `${step} of ${state}: ${JSON.stringify(answer)}`).toContain(answer['code'])
      }
      expect(await rig.sql('SELECT * FROM erasure_request WHERE id = $1', [id])).toEqual(before)
      expect(await rig.sql('SELECT count(*) FROM evidence WHERE request_id = $1', [id])).toEqual(evidence)
      const told = await client.read('privacy_officer', id, 'allowedActions')
      const wrong = (told['allowedActions'] as string[]).filter(
        (name) => ErasureStep.safeParse(name).success && !mayTake(ErasureStep.parse(name), state),
      )
      expect(wrong).toEqual([])
      await rig.sql(`UPDATE erasure_request SET state = 'REJECTED' WHERE id = ANY ($1)`, [[id, partner]])
    },
  )

  it('tells who did what, and in which words, to its tenant; to an auditor nothing of the person who asks', async () => {
    const { id } = await client.request('data_owner', { selection: { contentIds: [data.contentIds[5]] } })
    await client.decide('privacy_officer', 'verifyIdentity', id, { reason: 'Known for years.' })
    const told = 'timeline { kind by reason }'
    const { timeline } = await client.read('tenant_owner', id, told)
    expect(timeline).toMatchObject([
      { kind: 'erasure-requested/v1', by: 'data_owner of acme', reason: null },
      { kind: 'clock-changed/v1' },
      { kind: 'identity-verified/v1', by: 'privacy_officer of acme', reason: 'Known for years.' },
    ])
    await rig.openCases(tenant, [id as string])
    const audited = await client.read('auditor', id, told)
    expect(audited['timeline']).toMatchObject([
      { kind: 'erasure-requested/v1', by: null },
      {},
      { kind: 'identity-verified/v1', by: 'privacy_officer of acme' },
    ])
  })
})

describe('a set that is all that a version learned', () => {
  it('is planned to destroy the version: there would be nothing left to train on', async () => {
    await rig.sql(`UPDATE sample SET owner_id = $2 WHERE tenant_id = $1`, [tenant.id, data.ownerId])
    await rig.sql(`UPDATE erasure_request SET state = 'REJECTED' WHERE tenant_id = $1`, [tenant.id])
    const { id } = await client.request('privacy_officer', { selection: { subjectKey: data.subjectKey } })
    await client.decide('privacy_officer', 'verifyIdentity', id)
    expect(
      await client.read('privacy_officer', id, 'planOptions { retainedCount actions methods { method } }'),
    ).toEqual({
      planOptions: [{ retainedCount: 0, actions: ['DESTROY', 'RETAIN'], methods: [] }],
    })
    expect(
      await client.plan('privacy_officer', id, { unlearning: { method: 'fine-tune', learningRate: 0.1, seed: 1 } }),
    ).toMatchObject({ code: 'RETAIN_SET_EMPTY', message: expect.stringContaining('destroy the version') as string })
    expect(await client.plan('privacy_officer', id)).toMatchObject({ plan: [{ action: 'DESTROY', method: null }] })
    expect(await approve(id)).toMatchObject({ state: 'ERASING', plan: [{ action: 'DESTROY' }] })
    const [version] = await rig.sql('SELECT state FROM model_version WHERE id = $1', [data.modelVersionId])
    expect(version).toEqual({ state: 'RETIRED' })
  })
})
