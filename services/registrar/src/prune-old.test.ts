import { newId, notify } from '@lethe/db'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { pruneOld } from './prune-old.js'
import { type Rig, startRig } from './testing/rig.js'

let rig: Rig
beforeAll(async () => {
  rig = await startRig()
})
afterAll(() => rig.stop())

let tenantId: string
beforeEach(async () => {
  rig.setNow(null)
  tenantId = await rig.test.createTenant()
})

const dayMs = 86_400_000
const client = () => rig.gateway.forTenant(tenantId)
const daysAgo = (days: number) => new Date(rig.context.now().getTime() - days * dayMs)
/** Two sweeps at once, and one after them. */
async function sweep(): Promise<void> {
  await Promise.all([pruneOld(rig.context, rig.options.keep), pruneOld(rig.context, rig.options.keep)])
  await pruneOld(rig.context, rig.options.keep)
}

/** A notice as told so many days ago, with a delivery and a mail in these states. */
async function tell(
  days: number,
  delivery: 'QUEUED' | 'DELIVERED' | 'FAILED',
  mail: 'QUEUED' | 'SENT',
): Promise<string> {
  const at = daysAgo(days)
  const kind = 'key.created'
  await client().$transaction((tx) => notify(tx, { tenantId, kind, data: { keyId: String(days) }, now: at }))
  const notice = await client().notice.findFirstOrThrow({ orderBy: { id: 'desc' }, where: { createdAt: at } })
  const registrar = rig.context.db.forTenant(tenantId)
  await registrar.notice.updateMany({ where: { tenantId, id: notice.id }, data: { dispatchedAt: at } })
  const endpointId = newId()
  await client().webhookEndpoint.create({
    data: {
      id: endpointId,
      tenantId,
      url: 'https://receiver.test/',
      kinds: [kind],
      createdBy: newId(),
      createdAt: at,
      updatedAt: at,
    },
  })
  const id = newId()
  const settledAt = delivery === 'QUEUED' ? null : at
  const times = { createdAt: at, queuedAt: at, nextAttemptAt: at, settledAt }
  await registrar.webhookDelivery.create({
    data: { id, tenantId, endpointId, noticeId: notice.id, kind, body: '{}', state: delivery, ...times },
  })
  await registrar.webhookAttempt.create({
    data: { id: newId(), tenantId, deliveryId: id, at, durationMs: 1, status: 500 },
  })
  const mailed = { tenantId, noticeId: notice.id, userId: newId(), nextAttemptAt: at, state: mail }
  await registrar.noticeMail.create({ data: { ...mailed, settledAt: mail === 'QUEUED' ? null : at } })
  return notice.id
}

const kept = async () => {
  const notices = await client().notice.findMany({ select: { id: true } })
  const deliveries = await client().webhookDelivery.findMany({ select: { noticeId: true } })
  return {
    notices: notices.map(({ id }) => id).sort(),
    deliveries: deliveries.map(({ noticeId }) => noticeId).sort(),
    attempts: await client().webhookAttempt.count(),
  }
}

it('what was delivered goes after its time, notices later, and nothing that is still to be sent', async () => {
  const old = await tell(400, 'DELIVERED', 'SENT')
  const retrying = await tell(401, 'QUEUED', 'SENT')
  const unmailed = await tell(402, 'FAILED', 'QUEUED')
  const older = await tell(91, 'FAILED', 'SENT')
  const recent = await tell(89, 'DELIVERED', 'SENT')
  const evidence = await client().evidence.count()
  await sweep()
  expect(await kept()).toEqual({
    notices: [retrying, unmailed, older, recent].sort(),
    deliveries: [retrying, recent].sort(),
    attempts: 2,
  })
  expect(await client().notice.count({ where: { id: old } })).toBe(0)
  expect(await client().evidence.count()).toBe(evidence)
})

it('no login removes a delivery that is still tried, nor evidence', async () => {
  const retrying = await tell(500, 'QUEUED', 'SENT')
  const registrar = rig.context.db.forTenant(tenantId)
  await expect(registrar.webhookDelivery.deleteMany({})).rejects.toThrow(/permission denied/)
  await rig.context.db.pool.query('SELECT prune_deliveries($1, 1000)', [new Date(8.64e15 / 2)])
  expect((await kept()).deliveries).toEqual([retrying])
  await expect(registrar.$executeRaw`DELETE FROM evidence`).rejects.toThrow()
})

it('a repeated mutation is known again for its time, and ways in go some time after their end', async () => {
  const { owner } = rig.test
  const keyOf = (key: string, at: Date) => ({
    tenantId,
    userId: newId(),
    key,
    operation: 'createWebhook',
    requestDigest: 'a'.repeat(64),
    resultId: newId(),
    createdAt: at,
  })
  await client().idempotencyKey.createMany({ data: [keyOf('old', daysAgo(91)), keyOf('new', daysAgo(89))] })
  const [person, organization] = [newId(), tenantId]
  const email = `${person}@people.test`
  await owner.query(`INSERT INTO auth."user" ("id", "name", "email", "emailVerified") VALUES ($1, 'p', $2, true)`, [
    person,
    email,
  ])
  await owner.query(`INSERT INTO auth."organization" ("id", "name", "slug", "createdAt") VALUES ($1, $1, $1, now())`, [
    organization,
  ])
  const invite = (status: string, settledAt: Date | null, expiresAt: Date) =>
    owner.query(
      `INSERT INTO auth."invitation" ("id", "organizationId", "email", "role", "status", "locale", "expiresAt", "settledAt")
       VALUES ($1, $2, $3, 'engineer', $4, 'ja', $5, $6)`,
      [newId(), organization, status === 'pending' ? `other-${email}` : email, status, expiresAt, settledAt],
    )
  await invite('accepted', daysAgo(40), daysAgo(35))
  await invite('revoked', daysAgo(20), daysAgo(15))
  await invite('pending', null, daysAgo(40))
  const session = (expiresAt: Date) =>
    owner.query(
      `INSERT INTO auth."session" ("id", "expiresAt", "token", "createdAt", "updatedAt", "userId")
       VALUES ($1, $2, $1, now(), now(), $3)`,
      [newId(), expiresAt, person],
    )
  await session(daysAgo(31))
  await session(daysAgo(29))
  await sweep()
  const counts = await owner.query<{ keys: string[]; invited: string[]; sessions: number; locale: string }>(
    `SELECT (SELECT array_agg(key) FROM idempotency_key WHERE tenant_id = $1::uuid) AS keys,
            (SELECT array_agg("status") FROM auth."invitation" WHERE "organizationId" = $2) AS invited,
            (SELECT count(*)::int FROM auth."session" WHERE "userId" = $3) AS sessions,
            (SELECT "locale" FROM auth."user" WHERE "id" = $3) AS locale`,
    [tenantId, organization, person],
  )
  // The language of the invitation that they accepted stays with the person.
  expect(counts.rows).toEqual([{ keys: ['new'], invited: ['revoked'], sessions: 1, locale: 'ja' }])
})
