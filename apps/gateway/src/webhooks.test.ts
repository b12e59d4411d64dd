import { newId } from '@lethe/db'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type GatewayRig, startGatewayRig, type TestTenant } from './testing/gateway-rig.js'
import { seedModel } from './testing/seed.js'

let rig: GatewayRig
let acme: TestTenant
beforeAll(async () => {
  rig = await startGatewayRig()
  acme = await rig.createTenant('acme')
})
afterAll(() => rig.stop())

const fields = '... on UserError { code field }'
const secretFields = `... on WebhookWithSecret { secret webhook { id url kinds state } } ${fields}`

async function mutate<T>(name: string, type: string, selection: string, input: object): Promise<T> {
  const { data, errors } = await rig.graphql(
    acme.tokens.engineer,
    `mutation ($input: ${type}!) { ${name}(input: $input) { ${selection} } }`,
    { input: { idempotencyKey: newId(), ...input } },
  )
  expect(errors).toBeUndefined()
  return data?.[name] as T
}

interface WithSecret {
  code?: string
  secret: string | null
  webhook: { id: string; kinds: string[]; state: string }
}

const create = (input: object = {}) =>
  mutate<WithSecret>('createWebhook', 'CreateWebhookInput', secretFields, {
    url: 'https://example.com/hook',
    kinds: ['ERASURE_RECEIVED', 'RUN_FAILED'],
    ...input,
  })

describe('an endpoint', () => {
  it('is given a secret that is shown once, and to nobody afterwards', async () => {
    const idempotencyKey = newId()
    const first = await create({ idempotencyKey })
    expect(first.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(await create({ idempotencyKey })).toEqual({ ...first, secret: null })
    const [stored] = await rig.sql('SELECT secret FROM webhook_secret WHERE endpoint_id = $1', [first.webhook.id])
    expect(stored?.['secret']).toBe(first.secret)
    const kept = await rig.sql('SELECT * FROM idempotency_key WHERE key = $1', [idempotencyKey])
    expect(JSON.stringify(kept)).not.toContain(first.secret?.slice(6))
  })

  it('gets another secret, and the one before ends when it was said to', async () => {
    const { webhook, secret } = await create()
    const rotate = () =>
      mutate<WithSecret>('rotateWebhookSecret', 'RotateWebhookSecretInput', secretFields, {
        webhookId: webhook.id,
        overlapHours: 2,
      })
    const rotated = await rotate()
    expect(rotated.secret).not.toBe(secret)
    await rotate()
    const keys = await rig.sql(
      'SELECT expires_at IS NULL AS newest FROM webhook_secret WHERE endpoint_id = $1 ORDER BY created_at DESC',
      [webhook.id],
    )
    expect(keys).toEqual([{ newest: true }, { newest: false }])
  })

  it('is evidence from its first day to its last, by which neither its address nor its key can be read', async () => {
    const { webhook, secret } = await create({ url: 'https://ada-lovelace.example/hooks/a-secret-path' })
    const about = { webhookId: webhook.id }
    await mutate('updateWebhook', 'UpdateWebhookInput', fields, { ...about, isEnabled: false })
    await mutate('rotateWebhookSecret', 'RotateWebhookSecretInput', fields, { ...about, overlapHours: 0 })
    await mutate('updateWebhook', 'UpdateWebhookInput', fields, { ...about, url: 'https://example.com/other' })
    await mutate('deleteWebhook', 'WebhookInput', fields, about)
    const rows = await rig.sql(
      `SELECT payload -> 'predicate' AS predicate, body FROM evidence
       WHERE kind = 'webhook-changed/v1' AND payload -> 'predicate' ->> 'webhookId' = $1 ORDER BY seq`,
      [webhook.id],
    )
    const entries = rows.map(({ predicate }) => predicate as { change: string; target: string; enabled: boolean })
    expect(entries.map(({ change, enabled }) => [change, enabled])).toEqual([
      ['created', true],
      ['changed', false],
      ['secret-rotated', false],
      ['changed', false],
      ['removed', false],
    ])
    const changedBy = rig.gateway.services.commitToPerson({ tenantId: acme.id, userId: acme.userIds.engineer })
    expect(entries[0]).toMatchObject({ changedBy, kinds: ['erasure.received', 'run.failed'] })
    expect(entries.map(({ target }) => entries.findIndex((entry) => entry.target === target))).toEqual([0, 0, 0, 3, 3])
    expect(JSON.stringify(rows)).not.toMatch(/ada-lovelace|secret-path|whsec_/)
    expect(JSON.stringify(rows)).not.toContain(secret?.slice(6))
  })

  it.each([
    ['http://example.com/', 'WEBHOOK_URL_INVALID'],
    ['https://name:word@example.com/', 'WEBHOOK_URL_INVALID'],
    ['https://example.com/#part', 'WEBHOOK_URL_INVALID'],
    ['nowhere', 'WEBHOOK_URL_INVALID'],
    [`https://example.com/${'x'.repeat(2000)}`, 'WEBHOOK_URL_INVALID'],
  ])('is refused at %.40s', async (url, code) => expect(await create({ url })).toEqual({ code, field: 'input.url' }))

  it('is refused without a kind, and beyond twenty', async () => {
    expect(await create({ kinds: [] })).toEqual({ code: 'INVALID_INPUT', field: 'input.kinds' })
    for (let i = 0; i < 18; i++) await create()
    expect(await create()).toMatchObject({ code: 'WEBHOOK_TOO_MANY' })
  })

  it('is changed, switched off with what waits given up, switched on, pinged, and removed with its keys', async () => {
    const { data } = await rig.graphql(acme.tokens.engineer, '{ webhooks(first: 1) { edges { node { id } } } }')
    const { edges } = data?.['webhooks'] as { edges: { node: { id: string } }[] }
    const webhookId = edges[0]?.node.id ?? ''
    const change = (input: object) =>
      mutate('updateWebhook', 'UpdateWebhookInput', `... on Webhook { state disabledReason kinds } ${fields}`, {
        webhookId,
        ...input,
      })
    const ping = () =>
      mutate<{ id: string; state: string }>(
        'testWebhook',
        'WebhookInput',
        `... on WebhookDelivery { id type state } ${fields}`,
        {
          webhookId,
        },
      )
    const { id: deliveryId } = await ping()
    expect(await change({ kinds: ['BUNDLE_READY', 'BUNDLE_READY'], isEnabled: false })).toEqual({
      state: 'DISABLED',
      disabledReason: 'BY_MEMBER',
      kinds: ['BUNDLE_READY'],
    })
    const replay = () =>
      mutate('replayWebhookDelivery', 'ReplayWebhookDeliveryInput', `... on WebhookDelivery { id state } ${fields}`, {
        deliveryId,
      })
    expect(await replay()).toMatchObject({ code: 'WEBHOOK_DISABLED' })
    expect(await change({ isEnabled: true })).toMatchObject({ state: 'ACTIVE', disabledReason: null })
    const failed = '{ webhooks(first: 1) { edges { node { deliveries(state: FAILED) { totalCount } } } } }'
    expect((await rig.graphql(acme.tokens.engineer, failed)).data).toMatchObject({
      webhooks: { edges: [{ node: { deliveries: { totalCount: 1 } } }] },
    })
    expect(await replay()).toEqual({ id: deliveryId, state: 'QUEUED' })
    expect(
      await mutate('replayWebhook', 'ReplayWebhookInput', `... on WebhookReplay { count } ${fields}`, {
        webhookId,
        from: '2026-01-02T00:00:00Z',
        to: '2026-01-01T00:00:00Z',
      }),
    ).toEqual({ code: 'INVALID_INPUT', field: 'input.from' })
    await mutate('deleteWebhook', 'WebhookInput', `... on Webhook { id } ${fields}`, { webhookId })
    expect(await ping()).toMatchObject({ code: 'NOT_FOUND' })
    expect(await rig.sql('SELECT 1 FROM webhook_secret WHERE endpoint_id = $1', [webhookId])).toEqual([])
  })
})

describe('notices', () => {
  const list =
    '{ notices { edges { node { kind data isNew erasureRequest { number } } } } noticeInbox { unseenCount } }'
  const read = async (token: string) => {
    const { data } = await rig.graphql(token, list)
    const { edges } = data?.['notices'] as { edges: { node: { kind: string; isNew: boolean; data: object } }[] }
    const { unseenCount } = data?.['noticeInbox'] as { unseenCount: number }
    return { kinds: edges.map(({ node }) => node.kind), unseenCount, edges }
  }

  it('tell of requests whoever may see them, without a name, and are seen when they are marked as seen', async () => {
    await seedModel(rig, acme, 'acme')
    const { data_owner: owner, privacy_officer: officer } = acme.tokens
    const asked = await rig.graphql(
      owner,
      `mutation ($input: RequestErasureInput!) { requestErasure(input: $input) { ... on ErasureRequest { id } ${fields} } }`,
      { input: { idempotencyKey: newId(), ground: 'Art. 17, says Ada', selection: { subjectKey: 'subject-acme' } } },
    )
    expect(asked.data?.['requestErasure']).toHaveProperty('id')
    const seen = await read(officer)
    expect(seen.kinds).toContain('ERASURE_RECEIVED')
    expect((await read(owner)).kinds).toEqual(seen.kinds.filter((kind) => kind.startsWith('ERASURE')))
    expect(JSON.stringify(seen.edges)).not.toMatch(/Ada|subject-acme|@/)
    expect(seen.unseenCount).toBe(seen.kinds.length)
    const mark = `mutation ($input: MarkNoticesSeenInput!) { markNoticesSeen(input: $input) { ... on NoticeInbox { unseenCount } } }`
    const input = { idempotencyKey: newId(), upTo: new Date(Date.now() + 60_000).toISOString() }
    expect((await rig.graphql(officer, mark, { input })).data?.['markNoticesSeen']).toEqual({ unseenCount: 0 })
    expect((await read(officer)).edges.every(({ node }) => !node.isNew)).toBe(true)
    expect((await read(owner)).unseenCount).toBeGreaterThan(0)
  })

  it('tell an owner who joined, by id and role, and a privacy officer not', async () => {
    const joined = (await read(acme.tokens.tenant_owner)).edges.filter(({ node }) => node.kind === 'MEMBER_JOINED')
    expect(joined.map(({ node }) => node.data)).toContainEqual({ userId: acme.userIds.auditor, role: 'auditor' })
    expect((await read(acme.tokens.privacy_officer)).kinds).not.toContain('MEMBER_JOINED')
  })

  it('come by mail as the role has it until somebody chooses for themselves', async () => {
    const choose =
      'mutation ($input: ChooseNoticeInput!) { chooseNotice(input: $input) { ... on NoticeChoices { choices { kind byMail isDefault } } ... on UserError { code } } }'
    const ask = async (token: string, kind: string, byMail: boolean) =>
      (await rig.graphql(token, choose, { input: { idempotencyKey: newId(), kind, byMail } })).data?.[
        'chooseNotice'
      ] as {
        choices?: { kind: string; byMail: boolean; isDefault: boolean }[]
        code?: string
      }
    const of = (answer: Awaited<ReturnType<typeof ask>>, kind: string) =>
      answer.choices?.find((each) => each.kind === kind)
    const answer = await ask(acme.tokens.engineer, 'RUN_FAILED', false)
    expect(of(answer, 'RUN_FAILED')).toEqual({ kind: 'RUN_FAILED', byMail: false, isDefault: false })
    expect(of(answer, 'AUDIT_COMPLETED')).toEqual({ kind: 'AUDIT_COMPLETED', byMail: false, isDefault: true })
    expect(await ask(acme.tokens.data_owner, 'RUN_FAILED', true)).toEqual({ code: 'NOTICE_KIND_UNAVAILABLE' })
  })

  it('and all other mail comes in the language that a person chose, whatever their browser says, and for nobody else', async () => {
    const language = async (token: string) =>
      (await rig.graphql(token, '{ noticeChoices { language } }')).data?.['noticeChoices']
    const choose = `mutation ($input: ChooseMailLanguageInput!) { chooseMailLanguage(input: $input) {
      ... on NoticeChoices { language } } }`
    expect(await language(acme.tokens.auditor)).toEqual({ language: 'en' })
    const input = { idempotencyKey: newId(), language: 'ja' }
    expect((await rig.graphql(acme.tokens.auditor, choose, { input })).data?.['chooseMailLanguage']).toEqual({
      language: 'ja',
    })
    expect(await language(acme.tokens.engineer)).toEqual({ language: 'en' })
    const headers = { 'content-type': 'application/json', 'accept-language': 'en' }
    for (const email of ['auditor@acme.test', 'engineer@acme.test'])
      await fetch(`${rig.url}/auth/request-password-reset`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ email }),
      })
    expect((await rig.mailsTo('auditor@acme.test')).at(-1)?.subject).toBe('Lethe のパスワードの再設定')
    expect((await rig.mailsTo('engineer@acme.test')).at(-1)?.subject).toBe('Choose a new password for Lethe')
  })
})
