import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import {
  createWebhookEndpoint,
  newId,
  newWebhookSecret,
  notify,
  pingWebhook,
  replayWebhook,
  rotateWebhookSecret,
} from '@lethe/db'
import type { NoticeKind } from '@lethe/domain'
import { Webhook } from 'standardwebhooks'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { type Received, type Receiver, startReceiver } from '../testing/receiver.js'
import { bundleRegistrar, killNow, type RegistrarProgram } from '../testing/registrar-process.js'
import { type Rig, startRig, until } from '../testing/rig.js'

let rig: Rig
let program: RegistrarProgram
beforeAll(async () => {
  ;[rig, program] = await Promise.all([startRig(), bundleRegistrar()])
})
afterAll(async () => {
  await rig.stop()
  program.remove()
})

let tenantId: string
let receiver: Receiver
beforeEach(async () => {
  ;[tenantId, receiver] = await Promise.all([rig.test.createTenant(), startReceiver()])
})
afterEach(async () => {
  rig.setNow(null)
  await receiver.close()
})

const client = () => rig.gateway.forTenant(tenantId)

async function addEndpoint(url = receiver.url, kinds: NoticeKind[] = ['run.failed'], of = tenantId) {
  const secret = newWebhookSecret()
  const input = { tenantId: of, url, description: '', kinds, secret, createdBy: newId(), now: rig.context.now() }
  const { id } = await rig.gateway.forTenant(of).$transaction((tx) => createWebhookEndpoint(tx, input))
  return { endpointId: id, secret }
}

/** A run failed, as far as anybody is told. */
const tell = (code: string, of = tenantId) =>
  rig.gateway.forTenant(of).$transaction((tx) =>
    notify(tx, {
      tenantId: of,
      kind: 'run.failed',
      data: { runId: newId(), kind: 'pretrain', code },
      now: rig.context.now(),
    }),
  )

const codeOf = ({ body }: Received) => (JSON.parse(body) as { data: { code: string } }).data.code
const idOf = ({ headers }: Received) => headers['webhook-id']

it('what happens reaches those endpoints that asked for it, in order, signed and without more than ids and codes', async () => {
  const registrar = rig.start()
  const { secret } = await addEndpoint()
  const deaf = await startReceiver()
  await addEndpoint(deaf.url, ['bundle.ready'])
  for (const code of ['A', 'B', 'C']) await tell(code)
  await until(() => Promise.resolve(receiver.received.length === 3))
  expect(receiver.received.map(codeOf)).toEqual(['A', 'B', 'C'])
  for (const { body, headers } of receiver.received) {
    const payload = new Webhook(secret).verify(body, headers as never) as { type: string; data: object }
    expect(payload.type).toBe('run.failed')
    expect(Object.keys(payload.data).sort()).toEqual(['code', 'kind', 'runId', 'tenantId'])
  }
  await registrar.stop()
  expect(deaf.received).toEqual([])
  await deaf.close()
})

it('two registrars at once deliver each thing once', async () => {
  const registrars = [rig.start(), rig.start()]
  await addEndpoint()
  for (let i = 0; i < 20; i++) await tell(String(i))
  await until(async () => (await client().webhookDelivery.count({ where: { state: 'DELIVERED' } })) === 20)
  await Promise.all(registrars.map((registrar) => registrar.stop()))
  expect(new Set(receiver.received.map(idOf)).size).toBe(20)
  expect(receiver.received).toHaveLength(20)
})

it('a failure is tried again with the same id and body, does not hold up the next, and each attempt is on record', async () => {
  receiver.answer = 503
  rig.setNow(new Date('2026-05-01T00:00:00Z'))
  const registrar = rig.start()
  await addEndpoint()
  await tell('A')
  await until(() => Promise.resolve(receiver.received.length === 1))
  await until(async () => (await client().webhookAttempt.count()) === 1)
  receiver.answer = 200
  await tell('B')
  await until(() => Promise.resolve(receiver.received.length === 2))
  rig.setNow(new Date('2026-05-01T00:00:10Z'))
  await until(async () => (await client().webhookDelivery.count({ where: { state: 'DELIVERED' } })) === 2)
  await registrar.stop()
  expect(receiver.received.map(codeOf)).toEqual(['A', 'B', 'A'])
  const [first, , again] = receiver.received
  expect([again?.body, again?.headers['webhook-id']]).toEqual([first?.body, first?.headers['webhook-id']])
  const attempts = await client().webhookAttempt.findMany({
    orderBy: { at: 'asc' },
    select: { status: true, error: true },
  })
  expect(attempts).toEqual([
    { status: 503, error: 'STATUS_NOT_OK' },
    { status: 200, error: null },
    { status: 200, error: null },
  ])
})

it('an endpoint that nothing reaches for about a day is disabled, members are told by mail, and a replay mends it', async () => {
  await addMember('tenant_owner', 'owner')
  await addMember('auditor', 'auditor')
  receiver.answer = 500
  const start = Date.parse('2026-05-02T00:00:00Z')
  rig.setNow(new Date(start))
  const registrar = rig.start()
  const { endpointId } = await addEndpoint()
  await tell('A')
  const endpoint = () => client().webhookEndpoint.findFirstOrThrow({ where: { id: endpointId } })
  let attempts = 0
  for (let hours = 0; (await endpoint()).state === 'ACTIVE'; hours += 15) {
    rig.setNow(new Date(start + hours * 3_600_000))
    attempts += 1
    // As if it had been polled for.
    await rig.test.owner.query('NOTIFY lethe_webhook_delivery')
    await until(
      async () => (await client().webhookAttempt.count()) >= attempts || (await endpoint()).state !== 'ACTIVE',
    )
  }
  expect(await endpoint()).toMatchObject({ state: 'DISABLED', disabledReason: 'UNREACHABLE' })
  expect(receiver.received).toHaveLength(9)
  // What happens meanwhile is not sent.
  await tell('B')
  await until(async () => (await client().notice.count({ where: { dispatchedAt: null } })) === 0)
  await until(async () => (await client().webhookDelivery.count({ where: { state: 'QUEUED' } })) === 0)
  const mails = await until(() =>
    Promise.resolve(mailsTo('owner').some((mail) => mail.includes('webhook')) && mailsTo('owner')),
  )
  expect(mails.join()).toContain('https://portal.lethe.test/settings/webhooks')
  expect(mailsTo('auditor')).toEqual([])

  receiver.answer = 200
  await client().webhookEndpoint.updateMany({ data: { state: 'ACTIVE', disabledReason: null } })
  const range = { tenantId, endpointId, from: new Date(start), to: rig.context.now(), onlyFailed: true }
  const replay = () => client().$transaction((tx) => replayWebhook(tx, { ...range, now: rig.context.now() }))
  expect(await replay()).toBe(2)
  await until(async () => (await client().webhookDelivery.count({ where: { state: 'DELIVERED' } })) === 2)
  expect(receiver.received.slice(9).map(codeOf).sort()).toEqual(['A', 'B'])
  const ids = receiver.received.filter((received) => codeOf(received) === 'A').map(idOf)
  expect([ids.length, new Set(ids).size]).toEqual([10, 1])
  expect(await replay()).toBe(0)
  await registrar.stop()
}, 30_000)

it('a receiver that says it is gone is disabled at once; a ping is tried once and disables nothing', async () => {
  const registrar = rig.start()
  const { endpointId } = await addEndpoint()
  receiver.answer = 500
  await client().$transaction((tx) => pingWebhook(tx, { tenantId, endpointId, now: rig.context.now() }))
  await until(async () => (await client().webhookDelivery.count({ where: { state: 'FAILED' } })) === 1)
  expect(await client().webhookEndpoint.findFirst()).toMatchObject({ state: 'ACTIVE' })
  receiver.answer = 410
  await tell('A')
  await until(async () => (await client().webhookEndpoint.findFirst())?.state === 'DISABLED')
  expect(await client().webhookEndpoint.findFirst()).toMatchObject({ disabledReason: 'GONE' })
  await registrar.stop()
})

it('while a key is replaced both keys verify; afterwards only the new one does', async () => {
  rig.setNow(new Date())
  const registrar = rig.start()
  const { endpointId, secret } = await addEndpoint()
  const renewed = newWebhookSecret()
  const now = rig.context.now()
  await client().$transaction((tx) =>
    rotateWebhookSecret(tx, { tenantId, endpointId, secret: renewed, overlapMs: 60_000, now }),
  )
  await tell('during')
  await until(() => Promise.resolve(receiver.received.length === 1))
  rig.setNow(new Date(now.getTime() + 61_000))
  await tell('after')
  await until(() => Promise.resolve(receiver.received.length === 2))
  const verifies = (key: string, got: Received | undefined) => {
    try {
      return Boolean(new Webhook(key).verify(got?.body ?? '', got?.headers as never))
    } catch {
      return false
    }
  }
  const [during, after] = receiver.received
  expect([secret, renewed].map((key) => verifies(key, during))).toEqual([true, true])
  expect([secret, renewed].map((key) => verifies(key, after))).toEqual([false, true])
  await registrar.stop()
})

it('receivers of one tenant that never answer do not hold up another tenant', async () => {
  const registrar = rig.start()
  const stuck = await startReceiver()
  stuck.answer = 'silence'
  for (let i = 0; i < 6; i++) await addEndpoint(stuck.url)
  await tell('stuck')
  await until(() => Promise.resolve(stuck.received.length >= 4))
  const other = await rig.test.createTenant()
  await addEndpoint(receiver.url, ['run.failed'], other)
  await tell('quick', other)
  await until(() => Promise.resolve(receiver.received.length === 1))
  expect(await client().webhookAttempt.count(), 'the others are still being waited for').toBeLessThan(6)
  await registrar.stop()
  await stuck.close()
})

it('killed in the middle of a delivery, it is sent again with the same id, and nothing is lost', async () => {
  receiver.answer = 'silence'
  await addEndpoint()
  const env = { WEBHOOK_TIMEOUT_MS: '1000' }
  const first = program.start(rig, env)
  for (const code of ['A', 'B']) await tell(code)
  await until(() => Promise.resolve(receiver.received.length === 1))
  await killNow(first)
  expect(await client().webhookAttempt.count()).toBe(0)
  receiver.answer = 200
  const second = program.start(rig, env)
  await until(async () => (await client().webhookDelivery.count({ where: { state: 'DELIVERED' } })) === 2)
  await killNow(second)
  const ids = receiver.received.filter((received) => codeOf(received) === 'A').map(idOf)
  expect(ids.length).toBeGreaterThan(1)
  expect(new Set(ids).size).toBe(1)
  expect(new Set(receiver.received.map(codeOf))).toEqual(new Set(['A', 'B']))
}, 60_000)

it('no login but the registrar’s can read a key', async () => {
  await addEndpoint()
  await expect(client().$queryRaw`SELECT secret FROM webhook_secret`).rejects.toThrow(/permission denied/)
  expect(await rig.context.db.forTenant(tenantId).webhookSecret.count()).toBe(1)
  const other = await rig.test.createTenant()
  expect(await rig.context.db.forTenant(other).webhookSecret.count()).toBe(0)
})

/** A member as the identity provider writes one. */
async function addMember(role: string, name: string): Promise<void> {
  const id = newId()
  const { owner } = rig.test
  await owner.query(`INSERT INTO auth."user" ("id", "name", "email", "emailVerified") VALUES ($1, $2, $3, true)`, [
    id,
    name,
    `${name}@${tenantId}.test`,
  ])
  await owner.query(
    `INSERT INTO auth."organization" ("id", "name", "slug", "createdAt") VALUES ($1, $1, $1, now()) ON CONFLICT DO NOTHING`,
    [tenantId],
  )
  await owner.query(
    `INSERT INTO auth."member" ("id", "organizationId", "userId", "role", "createdAt") VALUES ($1, $2, $3, $4, now())`,
    [newId(), tenantId, id, role],
  )
}

/** Mails in the outbox to a member of this tenant. */
const mailsTo = (name: string): string[] =>
  (existsSync(rig.mailDir) ? readdirSync(rig.mailDir) : [])
    .filter((file) => file.endsWith('.eml'))
    .map((file) => readFileSync(path.join(rig.mailDir, file), 'utf8'))
    .filter((mail) => mail.includes(`To: ${name}@${tenantId}.test`))
