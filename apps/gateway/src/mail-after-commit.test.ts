import { newId } from '@lethe/db'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { createErasureClient, type ErasureClient } from './testing/erasure-client.js'
import { adminEmail, type GatewayRig, startGatewayRig, type TestTenant } from './testing/gateway-rig.js'
import { type MailServer, startMailServer } from './testing/mail-server.js'
import { seedModel, type SeededData } from './testing/seed.js'

let mail: MailServer
let rig: GatewayRig
let acme: TestTenant
let admin: string
let client: ErasureClient
let data: SeededData

beforeAll(async () => {
  mail = await startMailServer()
  rig = await startGatewayRig({ MAIL_URL: mail.url })
  acme = await rig.createTenant('acme')
  admin = await rig.signIn(adminEmail)
  client = createErasureClient(rig, acme)
  data = await seedModel(rig, acme, 'acme')
  // So that those who invite at once are counted one after the other.
  await rig.sql('UPDATE tenant SET max_members = 100 WHERE id = $1', [acme.id])
})
afterEach(() => mail.wake())
afterAll(async () => {
  await rig.stop()
  await mail.stop()
})

const mutate = async (token: string, name: string, answer: string, input: object) => {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`
  const query = `mutation ($input: ${type}!) {
    ${name}(input: $input) { ... on ${answer} ... on UserError { code message field } } }`
  const { data: found, errors } = await rig.graphql(token, query, { input: { idempotencyKey: newId(), ...input } })
  if (errors) throw new Error(JSON.stringify(errors))
  return found?.[name] as Record<string, unknown> & { message?: string }
}
const invite = (email: string, more: object = {}) =>
  mutate(acme.tokens.tenant_owner, 'inviteMember', 'Invitation { id state }', { email, role: 'engineer', ...more })
const found = (slug: string, more: object = {}) =>
  mutate(admin, 'createTenant', 'PlatformTenant { id slug }', {
    name: slug,
    slug,
    ownerEmail: `owner@${slug}.test`,
    ...more,
  })
const tokensTo = (email: string) => mail.taken.filter(({ to }) => to === email).map(({ token }) => token ?? '')
const isOpen = async (token: string | undefined) => (await rig.post('/auth/invitation/read', { token })).status === 200
const invitations = (email: string) =>
  rig.sql('SELECT "id", "status" FROM auth."invitation" WHERE "email" = $1 ORDER BY "id"', [email])
const soon = (holds: () => unknown) => vi.waitFor(holds, 20_000)
const hangs = (count: number) => soon(() => expect(mail.hanging()).toBe(count))
/** Transactions that are open while nothing of theirs runs. */
const held = () =>
  rig.sql(`SELECT query FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'`)

describe('while the mail server is slow', () => {
  it('no transaction is open and no lock held: others invite, found and send links meanwhile', async () => {
    mail.mood = 'hangs'
    const requested = await client.request('data_owner', { selection: { contentIds: [data.contentIds[0]] } })
    const first = invite('slow@new.test')
    await hangs(1)
    const second = invite('slower@new.test')
    await hangs(2)
    const made = found('slowpokes')
    // The sender opens two connections; the third waits for one of them.
    await soon(async () => expect(await rig.sql(`SELECT 1 FROM tenant WHERE slug = 'slowpokes'`)).toHaveLength(1))
    const sent = client.mutate(
      'privacy_officer',
      'sendIdentityChallenge',
      { erasureRequestId: requested['id'], email: 'slow@person.test' },
      'SendIdentityChallengeInput',
    )
    const open = 'SELECT 1 FROM identity_challenge WHERE request_id = $1 AND outcome IS NULL'
    await soon(async () => expect(await rig.sql(open, [requested['id']])).toHaveLength(1))
    await soon(async () => expect(await held()).toEqual([]))
    mail.wake()
    expect(await first).toMatchObject({ state: 'PENDING' })
    expect(await second).toMatchObject({ state: 'PENDING' })
    expect(await made).toMatchObject({ slug: 'slowpokes' })
    expect(await sent).toMatchObject({ state: 'IDENTITY_PENDING' })
    for (const email of ['slow@new.test', 'slower@new.test', 'owner@slowpokes.test'])
      expect(await isOpen(tokensTo(email)[0])).toBe(true)
  })

  it('a repeat says that the mail is underway, and mails nothing; afterwards it gives what was made', async () => {
    mail.mood = 'hangs'
    const idempotencyKey = newId()
    const first = invite('twice@new.test', { idempotencyKey })
    await hangs(1)
    const repeat = () => invite('twice@new.test', { idempotencyKey })
    expect(await repeat()).toMatchObject({ code: 'MAIL_UNDERWAY', field: 'input.idempotencyKey' })
    mail.wake()
    const made = await first
    expect(await repeat()).toEqual(made)
    expect(tokensTo('twice@new.test')).toHaveLength(1)
  })

  it('a call that was broken off is done anew by a repeat five minutes later', async () => {
    const idempotencyKey = newId()
    await invite('broken@new.test', { idempotencyKey })
    // As a gateway that was killed while it mailed leaves it.
    await rig.sql(`UPDATE idempotency_key SET operation = 'inviteMember:mailing' WHERE key = $1`, [idempotencyKey])
    expect(await invite('broken@new.test', { idempotencyKey })).toMatchObject({ code: 'MAIL_UNDERWAY' })
    rig.clock.aheadMs = 5 * 60_000 + 1000
    try {
      expect(await invite('broken@new.test', { idempotencyKey })).toMatchObject({ state: 'PENDING' })
    } finally {
      rig.clock.aheadMs = 0
    }
    const [lost, good] = tokensTo('broken@new.test')
    expect([await isOpen(lost), await isOpen(good)]).toEqual([false, true])
  })
})

describe('a mail that the mail server does not take', () => {
  it('invites nobody, leaves an earlier invitation as it was, and the same call tries again', async () => {
    await invite('again@new.test', { role: 'auditor' })
    const before = await invitations('again@new.test')
    const idempotencyKey = newId()
    for (const [mood, code] of [
      ['is busy', 'MAIL_UNREACHABLE'],
      ['refuses', 'MAIL_REFUSED'],
    ] as const) {
      mail.mood = mood
      expect(await invite('again@new.test', { idempotencyKey })).toMatchObject({ code })
      expect(await invite('never@new.test')).toMatchObject({ code })
    }
    expect(await invitations('again@new.test')).toEqual(before)
    expect(await invitations('never@new.test')).toEqual([])
    expect(await isOpen(tokensTo('again@new.test')[0])).toBe(true)
    mail.mood = 'takes'
    expect(await invite('again@new.test', { idempotencyKey })).toMatchObject({ state: 'PENDING' })
    const [old, renewed] = tokensTo('again@new.test')
    expect([await isOpen(old), await isOpen(renewed)]).toEqual([false, true])
  })

  it('leaves a tenant that waits for its owner, says so, and the same call invites them', async () => {
    mail.mood = 'is busy'
    const idempotencyKey = newId()
    const refused = await found('newcomers', { idempotencyKey })
    expect(refused).toMatchObject({ code: 'MAIL_UNREACHABLE' })
    expect(refused.message).toContain('The tenant is made, its owner is not invited')
    expect(await invitations('owner@newcomers.test')).toEqual([])
    mail.mood = 'takes'
    expect(await found('newcomers', { idempotencyKey })).toMatchObject({ slug: 'newcomers' })
    expect(await isOpen(tokensTo('owner@newcomers.test')[0])).toBe(true)
    const created = await rig.sql(
      `SELECT 1 FROM evidence e JOIN tenant t ON t.id = e.tenant_id
       WHERE t.slug = 'newcomers' AND e.payload -> 'predicate' ->> 'change' = 'created'`,
    )
    expect(created).toHaveLength(1)
  })

  it('to confirm a request is on record nowhere as sent, counts for no bound, and can be sent again', async () => {
    const { id } = await client.request('data_owner', { selection: { contentIds: [data.contentIds[0]] } })
    const send = (idempotencyKey: string) =>
      client.mutate(
        'privacy_officer',
        'sendIdentityChallenge',
        { erasureRequestId: id, email: `${idempotencyKey}@person.test`, idempotencyKey, reason: 'By letter.' },
        'SendIdentityChallengeInput',
      )
    mail.mood = 'is busy'
    for (let i = 0; i < 6; i++) expect(await send(`busy-${i}`)).toMatchObject({ code: 'MAIL_UNREACHABLE' })
    const seen = 'state identityChallenge { state settledAt }'
    expect(await client.read('data_owner', id, seen)).toMatchObject({
      state: 'IDENTITY_PENDING',
      identityChallenge: { state: 'UNSENT' },
    })
    const changes = () =>
      rig.sql(
        `SELECT e.payload -> 'predicate' ->> 'change' AS change, a.reason FROM evidence e
         JOIN evidence_author a ON a.tenant_id = e.tenant_id AND a.seq = e.seq
         WHERE e.request_id = $1 AND e.kind = 'identity-challenge-changed/v1'`,
        [id],
      )
    expect(await changes()).toEqual([])
    mail.mood = 'takes'
    expect(await send('busy-5')).toMatchObject({ state: 'IDENTITY_PENDING' })
    expect(await changes()).toEqual([{ change: 'sent', reason: 'By letter.' }])
    const [token] = tokensTo('busy-5@person.test')
    expect((await rig.post('/auth/erasure-identity/answer', { token, answer: 'confirm' })).status).toBe(200)
  })
})

it('nothing is mailed of what was not committed, and nothing of it is left', async () => {
  await rig.sql(`CREATE FUNCTION public.fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$`)
  await rig.sql(`CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON idempotency_key
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.fail()`)
  try {
    for (const attempt of [() => invite('ghost@new.test'), () => found('ghosts')])
      await expect(attempt()).rejects.toThrow('INTERNAL_SERVER_ERROR')
  } finally {
    await rig.sql('DROP TRIGGER at_commit ON idempotency_key; DROP FUNCTION public.fail()')
  }
  for (const email of ['ghost@new.test', 'owner@ghosts.test']) {
    expect(tokensTo(email)).toEqual([])
    expect(await invitations(email)).toEqual([])
  }
})
