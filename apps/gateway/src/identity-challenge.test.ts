import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createErasureClient, type ErasureClient } from './testing/erasure-client.js'
import { type GatewayRig, startGatewayRig, type TestTenant } from './testing/gateway-rig.js'
import { seedModel, type SeededData } from './testing/seed.js'

let rig: GatewayRig
let acme: TestTenant
let client: ErasureClient
let data: SeededData

beforeAll(async () => {
  rig = await startGatewayRig()
  acme = await rig.createTenant('acme')
  data = await seedModel(rig, acme, 'acme')
  client = createErasureClient(rig, acme)
})
afterAll(() => rig.stop())

let people = 0
const newAddress = () => `jane-doe-${++people}@home.test`

const request = async (): Promise<unknown> =>
  (await client.request('data_owner', { selection: { contentIds: [data.contentIds[0]] } }))['id']
const send = (id: unknown, email: string, more: object = {}) =>
  client.mutate(
    'privacy_officer',
    'sendIdentityChallenge',
    { erasureRequestId: id, email, ...more },
    'SendIdentityChallengeInput',
  )
const cancel = (id: unknown) =>
  client.mutate('privacy_officer', 'cancelIdentityChallenge', { erasureRequestId: id }, 'CancelIdentityChallengeInput')
const stateOf = async (id: unknown) =>
  (await client.read('data_owner', id, 'state identityMethod clock { state } identityChallenge { state }')) as {
    state: string
    identityChallenge: { state: string } | null
  }
const tokenTo = async (email: string) => (await rig.mailsTo(email)).at(-1)?.token ?? ''
const post = async (path: string, body: object) => {
  const response = await rig.post(`/auth/erasure-identity${path}`, body)
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}
const answer = (token: string, said: 'confirm' | 'decline' = 'confirm') => post('/answer', { token, answer: said })
const invalid = { status: 422, body: { code: 'CHALLENGE_INVALID', field: 'token' } }
const evidenceOf = async (id: unknown): Promise<{ kind: string; predicate: Record<string, unknown> }[]> =>
  (await rig.sql(`SELECT kind, payload -> 'predicate' AS predicate FROM evidence WHERE request_id = $1 ORDER BY seq`, [
    id,
  ])) as never

/** Every row of every table, as text. */
async function everything(): Promise<string> {
  const tables = await rig.sql(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname IN ('public', 'auth')`,
  )
  const rows = await Promise.all(
    tables.map(({ name }) => rig.sql(`SELECT row_to_json(t)::text AS row FROM ${String(name)} t`)),
  )
  return JSON.stringify(rows)
}

describe('a link to confirm a request', () => {
  it('is mailed to the person, opens nothing by being read, and confirms who they are once', async () => {
    const email = newAddress()
    const id = await request()
    const sent = await send(id, email, { inDoubt: true, reason: 'Asked by telephone.' })
    expect(sent).toMatchObject({
      state: 'IDENTITY_PENDING',
      identityMethod: 'MAIL_CHALLENGE',
      clock: { state: 'PAUSED' },
    })
    const [mail] = await rig.mailsTo(email)
    expect(mail?.subject).toBe('Please confirm your request to acme')
    expect(mail?.text).toContain('https://portal.lethe.test/confirm-request#token=')
    const token = mail?.token ?? ''
    for (let i = 0; i < 2; i++)
      expect(await post('/read', { token })).toMatchObject({
        status: 200,
        body: { tenantName: 'acme', number: sent['number'] },
      })
    expect(await stateOf(id)).toMatchObject({ state: 'IDENTITY_PENDING', identityChallenge: { state: 'PENDING' } })
    // A double click, or the link in two browsers.
    const answers = await Promise.all([answer(token), answer(token), answer(token)])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422, 422])
    expect(await stateOf(id)).toEqual({
      state: 'VERIFIED',
      identityMethod: 'MAIL_CHALLENGE',
      clock: { state: 'RUNNING' },
      identityChallenge: { state: 'CONFIRMED' },
    })
    for (const again of [await answer(token), await answer(token, 'decline'), await post('/read', { token })])
      expect(again).toMatchObject(invalid)
  })

  it('is on record from its mailing to its answer, with who had it sent, and neither address nor link anywhere', async () => {
    const email = newAddress()
    const id = await request()
    await send(id, email, { inDoubt: true })
    const token = await tokenTo(email)
    await answer(token)
    const officer = rig.gateway.services.commitToPerson({ tenantId: acme.id, userId: acme.userIds.privacy_officer })
    const entries = await evidenceOf(id)
    expect(entries.map(({ kind }) => kind.split('/')[0])).toEqual([
      'erasure-requested',
      'clock-changed',
      'identity-check-begun',
      'clock-changed',
      'identity-challenge-changed',
      'identity-verified',
      'clock-changed',
    ])
    const [begun, sent, verified] = [entries[2], entries[4], entries[5]]
    expect(begun?.predicate).toMatchObject({ method: 'MAIL_CHALLENGE', clockPaused: true, begunBy: officer })
    expect(sent?.predicate).toMatchObject({ change: 'sent', changedBy: officer })
    expect(verified?.predicate).toMatchObject({
      method: 'MAIL_CHALLENGE',
      verifiedBy: officer,
      challengeId: sent?.predicate['challengeId'],
    })
    const kept = await everything()
    expect(kept).toContain(id)
    expect(kept).not.toContain(email.split('@')[0])
    expect(kept).not.toContain(token)
  })

  it('is sent again in place of the one before, and taken back', async () => {
    const [first, second] = [newAddress(), newAddress()]
    const id = await request()
    await send(id, first)
    const lost = await tokenTo(first)
    expect(await send(id, second, { locale: 'ja' })).toMatchObject({ state: 'IDENTITY_PENDING' })
    expect((await rig.mailsTo(second))[0]?.subject).toBe('「acme」への請求の確認のお願い')
    expect(await answer(lost)).toMatchObject(invalid)
    expect(await cancel(id)).toMatchObject({ state: 'IDENTITY_PENDING' })
    expect(await answer(await tokenTo(second))).toMatchObject(invalid)
    expect(await stateOf(id)).toMatchObject({ state: 'IDENTITY_PENDING', identityChallenge: { state: 'CANCELLED' } })
    expect(await cancel(id)).toMatchObject({ code: 'CHALLENGE_NOT_PENDING', field: 'input.erasureRequestId' })
    expect((await evidenceOf(id)).map(({ predicate }) => predicate['change']).filter(Boolean)).toEqual([
      'sent',
      'sent',
      'cancelled',
    ])
  })

  it('that is answered with a no leaves the request waiting, and says so', async () => {
    const email = newAddress()
    const id = await request()
    await send(id, email)
    const token = await tokenTo(email)
    expect(await answer(token, 'decline')).toMatchObject({ status: 200 })
    expect(await stateOf(id)).toMatchObject({ state: 'IDENTITY_PENDING', identityChallenge: { state: 'DECLINED' } })
    expect(await answer(token)).toMatchObject(invalid)
    expect((await evidenceOf(id)).at(-1)?.predicate).toMatchObject({ change: 'declined', changedBy: null })
    const toldOf = async (role: 'privacy_officer' | 'tenant_owner') => {
      const { data } = await rig.graphql(
        acme.tokens[role],
        '{ notices { edges { node { kind erasureRequest { id } } } } }',
      )
      const { edges } = data?.['notices'] as { edges: { node: { kind: string; erasureRequest: { id: string } } }[] }
      return edges.filter(({ node }) => node.kind === 'IDENTITY_DECLINED').map(({ node }) => node.erasureRequest.id)
    }
    expect(await toldOf('privacy_officer')).toEqual([id])
    expect(await toldOf('tenant_owner')).toEqual([])
  })

  it('is worth nothing once it is too old, or once the request went on without it', async () => {
    const [late, overtaken] = [newAddress(), newAddress()]
    const [waiting, decided] = [await request(), await request()]
    await send(decided, overtaken)
    await client.decide('privacy_officer', 'verifyIdentity', decided, { method: 'DOCUMENT' })
    expect(await answer(await tokenTo(overtaken))).toMatchObject(invalid)
    expect(await stateOf(decided)).toMatchObject({
      identityMethod: 'DOCUMENT',
      identityChallenge: { state: 'CANCELLED' },
    })
    await send(waiting, late)
    rig.clock.aheadMs = 7 * 86_400_000 + 1000
    try {
      expect(await answer(await tokenTo(late))).toMatchObject(invalid)
    } finally {
      rig.clock.aheadMs = 0
    }
    await rig.sql(
      `UPDATE identity_challenge SET sent_at = sent_at - interval '8 days',
      expires_at = expires_at - interval '8 days' WHERE request_id = $1`,
      [waiting],
    )
    expect(await stateOf(waiting)).toMatchObject({ state: 'IDENTITY_PENDING', identityChallenge: { state: 'EXPIRED' } })
  })

  it('that nobody was sent is told from a used one by nothing', async () => {
    expect(await answer('x'.repeat(43))).toMatchObject(invalid)
    expect((await post('/answer', { token: 'x', answer: 'confirm' })).status).toBe(400)
    expect((await fetch(`${rig.url}/auth/erasure-identity/answer?token=${'x'.repeat(43)}`)).status).toBe(404)
  })

  it('is not mailed without end, to whatever address, nor where nothing waits for it, nor nowhere', async () => {
    const id = await request()
    expect(await send(id, 'no address')).toMatchObject({ code: 'INVALID_INPUT', field: 'input.email' })
    for (let i = 0; i < 5; i++) await send(id, newAddress())
    expect(await send(id, newAddress())).toMatchObject({ code: 'CHALLENGE_TOO_MANY' })
    await client.decide('privacy_officer', 'verifyIdentity', id)
    expect(await send(id, newAddress())).toMatchObject({ code: 'CHALLENGE_TOO_MANY' })
    const verified = await request()
    await client.decide('privacy_officer', 'verifyIdentity', verified)
    expect(await send(verified, newAddress())).toMatchObject({ code: 'ILLEGAL_TRANSITION' })
    const flooded = newAddress()
    for (let i = 0; i < 5; i++) await send(await request(), flooded)
    const refused = await request()
    expect(await send(refused, flooded)).toMatchObject({ code: 'TOO_MANY_MAILS' })
    // Nothing is on record of a mail that was not sent.
    expect(await stateOf(refused)).toMatchObject({ state: 'RECEIVED', identityChallenge: null })
  })

  it('waits while its tenant is suspended', async () => {
    const email = newAddress()
    const id = await request()
    await send(id, email)
    const token = await tokenTo(email)
    await rig.sql(`UPDATE tenant SET suspended_at = now(), suspended_reason = 'unpaid' WHERE id = $1`, [acme.id])
    expect(await answer(token)).toMatchObject({ status: 403, body: { code: 'TENANT_SUSPENDED' } })
    await rig.sql('UPDATE tenant SET suspended_at = NULL, suspended_reason = NULL WHERE id = $1', [acme.id])
    expect(await answer(token)).toMatchObject({ status: 200 })
  })
})
