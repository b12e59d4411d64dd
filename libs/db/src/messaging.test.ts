import { setTimeout as wait } from 'node:timers/promises'
import { predicateType } from '@lethe/domain'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { countSlaBoard, readAgenda, readSlaBoard } from './across-tenants.js'
import type { Database } from './database.js'
import { appendEvidence } from './evidence.js'
import { once } from './inbox.js'
import { listen } from './listen.js'
import { newId } from './new-id.js'
import { announce } from './outbox.js'
import { pruneOutbox, relayOutbox } from './relay-outbox.js'
import { startTestDatabase, type TestDatabase } from './testing/test-database.js'

let test: TestDatabase
let gateway: Database
let registrar: Database
let a: string
let b: string

beforeAll(async () => {
  test = await startTestDatabase()
  ;[gateway, registrar] = await Promise.all([test.open('gateway'), test.open('registrar')])
  a = await test.createTenant()
  b = await test.createTenant()
})
afterAll(() => test.stop())

const say = (tenantId: string, id: string) =>
  gateway.forTenant(tenantId).$transaction((tx) => announce(tx, { tenantId, aggregate: 'run', id, now: new Date() }))

const collect = (into: string[]) => async (message: { id: string }) => void into.push(message.id)

it('relays every tenant, oldest first, once', async () => {
  const ids = [await say(a, '1'), await say(b, '2'), await say(a, '3')]
  const seen: string[] = []
  expect(await relayOutbox(registrar, 10, collect(seen))).toBe(3)
  expect(seen).toEqual(ids)
  expect(await relayOutbox(registrar, 10, collect(seen))).toBe(0)
})

it('marks what was published before an accident, and offers the rest again', async () => {
  const ids = [await say(a, '1'), await say(a, '2'), await say(a, '3')]
  const seen: string[] = []
  const breaking = async (message: { id: string }) => {
    if (seen.length === 1) throw new Error('the bus is away')
    seen.push(message.id)
  }
  await expect(relayOutbox(registrar, 10, breaking)).rejects.toThrow('away')
  await relayOutbox(registrar, 10, collect(seen))
  expect(seen).toEqual(ids)
})

it('shares the work between two relays', async () => {
  for (let i = 0; i < 20; i++) await say(a, String(i))
  const seen: string[] = []
  const slowly = async (message: { id: string }) => {
    await wait(2)
    seen.push(message.id)
  }
  await Promise.all([relayOutbox(registrar, 10, slowly), relayOutbox(registrar, 10, slowly)])
  await relayOutbox(registrar, 100, slowly)
  expect(new Set(seen).size).toBe(20)
  expect(seen).toHaveLength(20)
})

it('only the registrar may relay and read the agenda; only the gateway the board', async () => {
  await expect(relayOutbox(gateway, 1, async () => undefined)).rejects.toThrow(/permission denied/)
  await expect(readAgenda(gateway)).rejects.toThrow(/permission denied/)
  const [whole, page] = [
    { state: null, statuteId: null },
    { skip: 0, take: 10 },
  ]
  await expect(readSlaBoard(registrar, whole, page)).rejects.toThrow(/permission denied/)
  await expect(countSlaBoard(registrar, whole)).rejects.toThrow(/permission denied/)
  expect((await readAgenda(registrar)).map(({ tenantId }) => tenantId).sort()).toEqual([a, b].sort())
  expect(await readSlaBoard(gateway, whole, page)).toEqual([])
  expect(await countSlaBoard(gateway, whole)).toBe(0)
})

it('keeps young messages when it prunes', async () => {
  await say(a, 'young')
  await relayOutbox(registrar, 10, async () => undefined)
  expect(await pruneOutbox(registrar, 1)).toBe(0)
  await test.owner.query("UPDATE outbox SET published_at = published_at - interval '2 days'")
  expect(await pruneOutbox(registrar, 1)).toBeGreaterThan(0)
})

it('a message has one effect, also when it is delivered twice at once', async () => {
  const messageId = newId()
  let effects = 0
  const deliver = () =>
    registrar.forTenant(a).$transaction((tx) =>
      once(tx, { tenantId: a, messageId }, async () => {
        effects += 1
        await wait(50)
      }),
    )
  const answers = await Promise.all([deliver(), deliver(), deliver()])
  expect(answers.filter(({ first }) => first)).toHaveLength(1)
  expect(effects).toBe(1)
})

it('an effect that fails is not marked, and the next delivery has it', async () => {
  const messageId = newId()
  const deliver = (fail: boolean) =>
    registrar.forTenant(a).$transaction((tx) =>
      once(tx, { tenantId: a, messageId }, async () => {
        if (fail) throw new Error('accident')
      }),
    )
  await expect(deliver(true)).rejects.toThrow('accident')
  expect((await deliver(false)).first).toBe(true)
  expect((await deliver(false)).first).toBe(false)
})

it('hears of new rows, and again after its connection was cut', async () => {
  let connections = 0
  let heard = 0
  const until = async (condition: () => boolean) => {
    while (!condition()) await wait(10)
  }
  const listener = listen({
    url: test.registrarUrl,
    channels: ['lethe_outbox'],
    onNotification: () => (heard += 1),
    onConnected: () => (connections += 1),
  })
  await until(() => connections === 1)
  await say(a, 'x')
  await until(() => heard === 1)
  await test.owner.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'lethe_listener'",
  )
  await until(() => connections === 2)
  await say(a, 'y')
  await until(() => heard === 2)
  await listener.close()
})

it('tells of evidence by tenant once it is committed, in either form, and of what was rolled back nothing', async () => {
  const heard: string[] = []
  const listener = listen({
    url: test.registrarUrl,
    channels: ['lethe_evidence'],
    onNotification: (_channel, payload) => heard.push(payload),
    onConnected: () => heard.push('connected'),
  })
  const told = async (what: string) => {
    while (heard.at(-1) !== what) await wait(10)
  }
  await told('connected')
  const kind = 'run-ended/v1' as const
  const entry = { kind, body: JSON.stringify({ predicateType: predicateType(kind) }) }
  const failing = gateway.forTenant(a).$transaction(async (tx) => {
    await appendEvidence(tx, a, entry)
    throw new Error('no')
  })
  await expect(failing).rejects.toThrow('no')
  await gateway.forTenant(b).$transaction((tx) => appendEvidence(tx, b, entry))
  await told(b)
  await appendEvidence(gateway.forTenant(a), a, entry)
  await told(a)
  expect(heard).toEqual(['connected', b, a])
  await listener.close()
})

it('lets no append notify inside its transaction, where the commits of all tenants would wait for one another', async () => {
  const { rows } = await test.owner.query<{ relname: string }>(`
    SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE p.prosrc LIKE '%pg_notify%'`)
  expect(rows.map(({ relname }) => relname).filter((table) => table !== 'evidence_bundle')).toEqual([])
})

it('makes ids that sort by time and carry version and variant', () => {
  const ids = [1, 2, 3].map((ms) => newId(1_700_000_000_000 + ms))
  expect(ids).toEqual([...ids].sort())
  expect(ids[0]).toMatch(/^018bcfe5-6801-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})
