import { lookBytes, perceptualHash } from '@lethe/domain'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createErasureClient, type ErasureClient } from './testing/erasure-client.js'
import { type GatewayRig, startGatewayRig, type TestTenant } from './testing/gateway-rig.js'
import { hex, seedModel, type SeededData } from './testing/seed.js'

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

const evidenceOf = (id: unknown, kind: string) =>
  rig.sql(`SELECT payload->'predicate' AS predicate FROM evidence WHERE request_id = $1 AND kind = $2 ORDER BY seq`, [
    id,
    kind,
  ])

describe('identity', () => {
  it('in doubt stops the clock until it is confirmed, and the method is on record, never words', async () => {
    const { id } = await client.request('data_owner', { selection: { contentIds: [data.contentIds[0]] } })
    const begun = await client.decide('privacy_officer', 'beginIdentityCheck', id, {
      method: 'DOCUMENT',
      reason: 'Mail from an address of Jane Roe that we do not know.',
      inDoubt: true,
    })
    expect(begun).toMatchObject({
      state: 'IDENTITY_PENDING',
      identityMethod: 'DOCUMENT',
      clock: { state: 'PAUSED' },
      allowedActions: [
        'sendIdentityChallenge',
        'verifyIdentity',
        'rejectErasure',
        'withdrawErasure',
        'requestEvidenceBundle',
      ],
    })
    expect(await client.decide('privacy_officer', 'verifyIdentity', id)).toMatchObject({
      state: 'VERIFIED',
      clock: { state: 'RUNNING' },
    })
    expect(await evidenceOf(id, 'identity-check-begun/v1')).toMatchObject([
      { predicate: { method: 'DOCUMENT', inDoubt: true, clockPaused: true } },
    ])
    expect(await evidenceOf(id, 'identity-verified/v1')).toMatchObject([{ predicate: { method: 'DOCUMENT' } }])
    const bodies = await rig.sql('SELECT body FROM evidence WHERE request_id = $1', [id])
    expect(JSON.stringify(bodies)).not.toContain('Jane')
  })

  it('without doubt leaves the clock running', async () => {
    const { id } = await client.request('data_owner', { selection: { contentIds: [data.contentIds[1]] } })
    const more = { method: 'MAIL_CHALLENGE', reason: 'Routine.' }
    expect(await client.decide('privacy_officer', 'beginIdentityCheck', id, more)).toMatchObject({
      state: 'IDENTITY_PENDING',
      clock: { state: 'RUNNING' },
    })
    expect(await evidenceOf(id, 'identity-check-begun/v1')).toMatchObject([{ predicate: { clockPaused: false } }])
  })

  it('that cannot be confirmed ends in a rejection whose code is on record', async () => {
    const { id } = await client.request('data_owner', { selection: { contentIds: [data.contentIds[2]] } })
    const reason = 'No answer within a month.'
    const rejected = await client.decide('privacy_officer', 'rejectErasure', id, {
      reason,
      reasonCode: 'IDENTITY_NOT_CONFIRMED',
    })
    expect(rejected).toMatchObject({ state: 'REJECTED', stateReason: reason })
    expect(await evidenceOf(id, 'erasure-closed/v1')).toMatchObject([
      { predicate: { outcome: 'REJECTED', reasonCode: 'IDENTITY_NOT_CONFIRMED' } },
    ])
    expect(await client.decide('privacy_officer', 'rejectErasure', id, { reason })).toMatchObject({
      code: 'ILLEGAL_TRANSITION',
    })
  })
})

describe('a request that asks for what another asks for', () => {
  it('is linked to it and shown with it, and is verified by itself all the same', async () => {
    const [a, b] = data.otherContentIds.slice(0, 2)
    const first = await client.request('privacy_officer', { selection: { contentIds: [a, b] } })
    const second = await client.request('privacy_officer', { selection: { contentIds: [b] } })
    const third = await client.request('privacy_officer', { selection: { contentIds: [b] } })
    const fourth = await client.request('privacy_officer', { selection: { contentIds: [data.otherContentIds[2]] } })
    expect(second['related']).toEqual([
      { relation: 'OVERLAPPING_SET', sharedCount: 1, request: { number: first['number'], state: 'RECEIVED' } },
    ])
    expect(third['related']).toMatchObject([{ relation: 'OVERLAPPING_SET' }, { relation: 'SAME_SET', sharedCount: 1 }])
    expect((fourth['related'] as { relation: string }[]).map(({ relation }) => relation)).toEqual([
      'SAME_SUBJECT',
      'SAME_SUBJECT',
      'SAME_SUBJECT',
    ])
    const [recorded] = await evidenceOf(second['id'], 'erasure-requested/v1')
    expect(recorded).toMatchObject({
      predicate: { related: [{ erasureRequestId: first['id'], relation: 'OVERLAPPING_SET', sharedCount: 1 }] },
    })
    await client.decide('privacy_officer', 'verifyIdentity', first['id'])
    for (const { id } of [second, third, fourth]) {
      expect(await client.read('privacy_officer', id, 'state')).toEqual({ state: 'RECEIVED' })
      expect(await client.plan('privacy_officer', id)).toMatchObject({ code: 'ILLEGAL_TRANSITION' })
    }
    const seen = await client.read('privacy_officer', first['id'], 'related { request { number } }')
    expect(seen['related']).toHaveLength(3)
  })

  it('is not linked to one that is closed, nor to one of somebody else about other samples', async () => {
    const contentIds = [data.otherContentIds[10]]
    const closed = await client.request('privacy_officer', { selection: { contentIds } })
    await client.decide('privacy_officer', 'rejectErasure', closed['id'], { reason: 'No.' })
    const again = await client.request('privacy_officer', { selection: { contentIds } })
    const numbers = (again['related'] as { request: { number: number } }[]).map((link) => link.request.number)
    expect(numbers).not.toContain(closed['number'])
    const mine = await client.request('data_owner', { selection: { contentIds: [data.contentIds[7]] } })
    for (const link of mine['related'] as { request: { number: number } }[])
      expect(link.request.number).not.toBe(again['number'])
  })
})

describe('a list of requests', () => {
  const send = async (csv: string, more: object = {}) => {
    const { data: answer, errors } = await rig.graphql(
      tenant.tokens.privacy_officer,
      `mutation ($input: ImportErasuresInput!) { importErasures(input: $input) { __typename
        ... on UserError { code message field }
        ... on ErasureImport { isDryRun accepted known refused rows { row outcome code field request { id number } } } } }`,
      { input: { idempotencyKey: 'list', csv, ...more } },
    )
    if (errors) throw new Error(JSON.stringify(errors))
    return answer?.['importErasures'] as Record<string, unknown>
  }
  const [one, two] = [20, 21]
  const csv = () =>
    [
      '\uFEFFsubject_key,content_id,ground,received_at,statute',
      `,${data.otherContentIds[one]},"Art. 17(1)(b), by letter",2026-01-31,ccpa-7021`,
      `nobody,,Art. 17,,`,
      `stranger,${data.otherContentIds[two]},Art. 17,,`,
      `subject-acme,${data.otherContentIds[two]},Art. 17,,`,
      `,${'f'.repeat(64)},Art. 17,,`,
      `,xyz,Art. 17,,`,
      `,${data.otherContentIds[two]},,,`,
      `,${data.otherContentIds[two]},Art. 17,2026-02-30,`,
      `,${data.otherContentIds[two]},Art. 17,0026-01-31,`,
      `,${data.otherContentIds[two]},Art. 17,,lex`,
      `,,Art. 17,,`,
      `stranger,${data.otherContentIds[two]},Art. 17,,`,
    ].join('\r\n')
  const refusals = [
    [3, 'UNKNOWN_SUBJECT', 'subject_key'],
    [5, 'MIXED_OWNERS', 'content_id'],
    [6, 'UNKNOWN_SAMPLES', 'content_id'],
    [7, 'CELL_INVALID', 'content_id'],
    [8, 'GROUND_MISSING', 'ground'],
    [9, 'CELL_INVALID', 'received_at'],
    [10, 'RECEIVED_AT_TOO_OLD', 'received_at'],
    [11, 'CELL_INVALID', 'statute'],
    [12, 'SELECTION_INVALID', 'subject_key'],
    [13, 'ROW_REPEATED', null],
  ]
  const refused = (answer: Record<string, unknown>) =>
    (answer['rows'] as { row: number; outcome: string; code: string; field: string }[])
      .filter(({ outcome }) => outcome === 'REFUSED')
      .map(({ row, code, field }) => [row, code, field])
  const countRequests = () => rig.sql('SELECT count(*) FROM erasure_request WHERE tenant_id = $1', [tenant.id])

  it('in a dry run says of every row what is wrong with it, and changes nothing', async () => {
    const before = await countRequests()
    const answer = await send(csv(), { dryRun: true })
    expect(answer).toMatchObject({ isDryRun: true, accepted: 2, known: 0, refused: 10 })
    expect(refused(answer)).toEqual(refusals)
    expect(await countRequests()).toEqual(before)
  })

  it('is taken in row by row, once, however often it is sent and mended', async () => {
    const first = await send(csv())
    expect(first).toMatchObject({ isDryRun: false, accepted: 2, known: 0, refused: 10 })
    expect(refused(first)).toEqual(refusals)
    const rows = first['rows'] as { row: number; request: { id: string } | null }[]
    const taken = rows.flatMap(({ request }) => request ?? [])
    const [clock] = await rig.sql('SELECT statute_id FROM sla_clock WHERE request_id = $1', [taken[0]?.id])
    expect(clock).toEqual({ statute_id: 'ccpa-7021' })
    const mended = await send(`${csv()}\r\n,${data.otherContentIds[22]},Art. 17,,`)
    expect(mended).toMatchObject({ accepted: 1, known: 2, refused: 10 })
    const again = (mended['rows'] as { outcome: string; request: { id: string } }[]).filter(
      ({ outcome }) => outcome === 'KNOWN',
    )
    expect(again.map(({ request }) => request.id)).toEqual(taken.map(({ id }) => id))
  })

  it.each([
    ['no list at all', '"', 'CSV_MALFORMED'],
    ['an unknown column', 'subject_key,name\na,b', 'CSV_HEAD_INVALID'],
    ['no column that names anything', 'ground\nx', 'CSV_HEAD_INVALID'],
    ['no row', 'subject_key,ground\n', 'CSV_HEAD_INVALID'],
    ['too many rows', `subject_key\n${'a\n'.repeat(1001)}`, 'CSV_TOO_LONG'],
    ['a row with a cell too many', 'subject_key,ground\na,b,c', 'CSV_MALFORMED'],
  ])('is refused as a whole for %s', async (_, text, code) => {
    expect(await send(text)).toMatchObject({ __typename: 'UserError', code, field: 'input.csv' })
  })
})

it('tells a data owner the key by which the tenant knows them, and nobody else one', async () => {
  const keyOf = async (token: string) => (await rig.graphql(token, '{ viewer { subjectKey } }')).data?.['viewer']
  expect(await keyOf(tenant.tokens.data_owner)).toEqual({ subjectKey: data.subjectKey })
  for (const role of ['tenant_owner', 'privacy_officer', 'auditor'] as const)
    expect(await keyOf(tenant.tokens[role]), role).toEqual({ subjectKey: null })
  const other = await rig.createTenant('borealis')
  expect(await keyOf(other.tokens.data_owner)).toEqual({ subjectKey: 'subject-borealis' })
})

describe('finding by files', () => {
  const size = 16
  const picture = (change: (value: number, at: number) => number): Uint8Array =>
    Uint8Array.from({ length: size * size * 3 }, (_, at) =>
      change(Math.round(127 + 120 * Math.sin(at / 40) * Math.cos(at / (3 * size))), at),
    )
  const lookOf = (rgb: Uint8Array) => Buffer.from(lookBytes(perceptualHash(rgb, size)))
  const find = async (role: 'privacy_officer' | 'data_owner', files: object[]) => {
    const query = `query ($files: [FileLookInput!]!) { findSamples(files: $files) { unsearchedVersions
      matches { contentId sample { contentId } lookalikes { contentId } } } }`
    const { data: answer, errors } = await rig.graphql(tenant.tokens[role], query, { files })
    return { found: answer?.['findSamples'] as Record<string, unknown>, errors }
  }

  it('finds the very bytes, and proposes what looks alike without taking it in', async () => {
    const original = picture((value) => value)
    const copy = picture((value, at) => Math.min(255, Math.max(0, value + ((at * 7) % 5) - 2)))
    const other = picture((value, at) => (at % 97 < 48 ? 255 - value : value))
    const [mine, theirs] = [data.contentIds[0], data.otherContentIds[30]]
    await rig.sql('UPDATE sample SET look = $2 WHERE content_id = ANY ($1)', [[mine, theirs], lookOf(original)])
    const ask = (rgb: Uint8Array) => ({ contentId: hex('no sample'), look: lookOf(rgb).toString('base64') })
    const { found } = await find('privacy_officer', [ask(copy), ask(other), { contentId: mine }])
    const matches = found['matches'] as { sample: unknown; lookalikes: { contentId: string }[] }[]
    expect(matches[0]?.sample).toBeNull()
    expect(matches[0]?.lookalikes.map(({ contentId }) => contentId).sort()).toEqual([mine, theirs].sort())
    expect(matches[1]).toMatchObject({ sample: null, lookalikes: [] })
    expect(matches[2]).toMatchObject({ sample: { contentId: mine }, lookalikes: [] })
    // The other samples of the seed were taken in before looks were kept.
    expect(found['unsearchedVersions']).toBe(1)
  })

  it("shows a data owner nobody's samples but their own", async () => {
    const original = picture((value) => value)
    const files = [
      { contentId: data.otherContentIds[30], look: lookOf(original).toString('base64') },
      { contentId: data.otherContentIds[31] },
    ]
    const { found } = await find('data_owner', files)
    expect(found['matches']).toEqual([
      { contentId: data.otherContentIds[30], sample: null, lookalikes: [{ contentId: data.contentIds[0] }] },
      { contentId: data.otherContentIds[31], sample: null, lookalikes: [] },
    ])
  })

  it('refuses none, too many, and a look that is none', async () => {
    const file = { contentId: hex('x') }
    for (const files of [[], Array.from({ length: 101 }, () => file), [{ ...file, look: 'AAAA' }]])
      expect((await find('privacy_officer', files)).errors?.[0]?.extensions).toMatchObject({ code: 'FILES_INVALID' })
  })
})

describe('the day of receipt', () => {
  const received = (receivedAt: string, statuteId = 'gdpr-12-3') =>
    client.request('privacy_officer', {
      selection: { contentIds: [data.otherContentIds[30]] },
      receivedAt,
      statuteId,
    })

  it('is in the past, ten years back at most and not before the statute, to the hour where the day begins first', async () => {
    const today = rig.gateway.services.now()
    const ahead = new Date(today.getTime() + 60_000).toISOString()
    expect(await received(ahead)).toMatchObject({ code: 'RECEIVED_AT_INVALID', field: 'input.receivedAt' })
    for (const [tooOld, first, statuteId] of [
      ['0001-01-01T00:00:00Z', '2018-05-25T00:00:00+14:00', 'gdpr-12-3'],
      ['2018-05-24T23:59:59+14:00', '2018-05-25T00:00:00+14:00', 'gdpr-12-3'],
      ['2019-12-31T23:59:59+14:00', '2020-01-01T00:00:00Z', 'ccpa-7021'],
      ['2025-12-31T23:59:59+14:00', '2026-01-01T00:00:00Z', 'california-drop'],
    ] as const) {
      expect(await received(tooOld, statuteId)).toMatchObject({
        code: 'RECEIVED_AT_TOO_OLD',
        field: 'input.receivedAt',
        message: expect.stringContaining(`${statuteId} can have been received on ${first.slice(0, 10)}`) as string,
      })
      expect(await received(first, statuteId)).toMatchObject({ state: 'RECEIVED' })
    }
  })
})
