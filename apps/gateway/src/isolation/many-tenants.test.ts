import type { followEvents } from '@lethe/bus'
import { type Database, newId, openDatabase } from '@lethe/db'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { findPgBouncer, type PgBouncer, startPgBouncer } from '../../../../test/kit/pgbouncer.js'
import type { Gateway as OpenGateway } from '../open-gateway.js'
import { createGatewayClient } from '../testing/gateway-client.js'
import { type GatewayRig, startGatewayRig } from '../testing/gateway-rig.js'
import { aftermathOf, sharedMarks } from './crowd/aftermath.js'
import { type CrowdTenant, gatherCrowd } from './crowd/crowd.js'
import { listen, relayNews } from './crowd/listen.js'
import { runVisits } from './crowd/run-visits.js'
import type { Gateway } from './crowd/visit.js'
import { Watch } from './crowd/watch.js'
import { ownersOfMarks } from './footprint.js'
import { withFault } from './with-fault.js'

/** Whose events every stream follows while it is set. */
const planted = vi.hoisted(() => ({ tenantId: '' }))

vi.mock('@lethe/bus', async (original) => {
  const real = await original<{ followEvents: typeof followEvents }>()
  const careless: typeof followEvents = (bus, { scope, ...rest }) =>
    real.followEvents(bus, { ...rest, scope: { ...scope, tenantId: planted.tenantId || scope.tenantId } })
  return { ...real, followEvents: careless }
})

let rig: GatewayRig
let crowd: readonly CrowdTenant[]
let shared: ReadonlySet<string>
let news: Database
let bouncer: PgBouncer | undefined
const pooler = await findPgBouncer()
const whyNot = 'missing' in pooler ? pooler.missing : ''

beforeAll(async () => {
  rig = await startGatewayRig()
  crowd = await gatherCrowd(rig, 14)
  shared = await sharedMarks(rig)
  news = await openDatabase({ url: rig.loginUrl('registrar'), role: 'registrar', maxConnections: 2 })
  // What was done so far is told before anybody listens.
  await relayNews(news, rig)()
  const users = [rig.loginUrl('gateway')]
  if (!('missing' in pooler)) bouncer = await startPgBouncer(pooler, { serverUrl: users[0] ?? '', users, poolSize: 6 })
})
afterAll(async () => {
  await news.close()
  await bouncer?.stop()
  await rig.stop()
})

type Opened = OpenGateway & { readonly url: string }

const clientsOf = ([first, second]: readonly [Opened, Opened]): readonly [Gateway, Gateway] => [
  { url: first.url, ...createGatewayClient(first.url) },
  { url: second.url, ...createGatewayClient(second.url) },
]

/** All that a crowd does at two gateways, with streams open meanwhile. */
async function crowdAt(opened: readonly [Opened, Opened], count: number): Promise<Watch> {
  const watch = new Watch()
  const gateways = clientsOf(opened)
  const endRelay = relayNews(news, rig)
  const endStreams = await listen(rig, { crowd, gateways, watch })
  await runVisits({ crowd, gateways, watch, count, atOnce: 32 })
  await endRelay()
  watch.breaches.push(...(await endStreams()))
  watch.breaches.push(...(await aftermathOf(rig, { crowd, watch, shared })))
  return watch
}

/** What two gateways are opened with, and closed after. */
async function atGateways<T>(url: string, work: (gateways: readonly [Opened, Opened]) => Promise<T>): Promise<T> {
  const gateways = await Promise.all([rig.openBeside({ DATABASE_URL: url }), rig.openBeside({ DATABASE_URL: url })])
  try {
    return await work(gateways)
  } finally {
    await Promise.all(gateways.map((gateway) => gateway.close()))
  }
}

const visits = 1000
/** A crowd that does nothing, and a watch that sees nothing, keep every promise. */
function expectMuchSeen({ operations, marks, events }: Watch): void {
  expect(operations).toBeGreaterThan(visits)
  expect(marks).toBeGreaterThan(500)
  expect(events).toBeGreaterThan(300)
}

const through = (): string => bouncer?.through(rig.loginUrl('gateway')) ?? ''

describe('thousands of operations of many tenants at two gateways', () => {
  it('give nobody anything of another tenant, and happen once', async () => {
    const watch = await atGateways(rig.loginUrl('gateway'), (gateways) => crowdAt(gateways, visits))
    expect(watch.breaches).toEqual([])
    expectMuchSeen(watch)
  }, 240_000)

  it.skipIf(whyNot !== '')(
    `no more do they through PgBouncer in transaction mode${whyNot && `: ${whyNot}`}`,
    async () => {
      const watch = await atGateways(through(), (gateways) => crowdAt(gateways, visits))
      expect(watch.breaches).toEqual([])
      expectMuchSeen(watch)
    },
    240_000,
  )
})

describe('the watch finds', () => {
  it('a client that tenants share', async () => {
    const watch = new Watch()
    await atGateways(rig.loginUrl('gateway'), async (opened) => {
      const { db } = opened[0].services
      const forTenant = db.forTenant.bind(db)
      let calls = 0
      const careless = (id: string) => forTenant((calls += 1) % 3 === 0 ? (crowd[0]?.id ?? id) : id)
      await withFault(db, 'forTenant', careless, () =>
        runVisits({ crowd, gateways: clientsOf(opened), watch, count: 60, atOnce: 16 }),
      )
    })
    expect(watch.breaches.join('\n')).toMatch(/crowd-(?!00)\d\d: \w+ gave away crowd-00/)
  })

  it('a stream that follows another tenant', async () => {
    const watch = new Watch()
    planted.tenantId = crowd[0]?.id ?? ''
    await atGateways(rig.loginUrl('gateway'), async (opened) => {
      const endStreams = await listen(rig, { crowd, gateways: clientsOf(opened), watch })
      await endStreams(0)
    })
    planted.tenantId = ''
    const told = watch.strangers(await ownersOfMarks(rig))
    expect(told.join('\n')).toMatch(/crowd-01: tenantChanged gave away \S+ of another tenant/)
  })

  it('rows that name another tenant or its things, and an effect that is there twice', async () => {
    const [first, second] = crowd
    if (first === undefined || second === undefined) throw new Error('a crowd is two or more')
    await rig.sql(`INSERT INTO outbox (id, tenant_id, contract, payload) VALUES ($1, $2, 'aggregate-changed', $3)`, [
      newId(),
      first.id,
      { tenantId: second.id },
    ])
    await rig.sql(
      `INSERT INTO notice (id, tenant_id, kind, request_id, created_at)
       SELECT $1, tenant_id, kind, request_id, now() FROM notice WHERE request_id = $2`,
      [newId(), first.requestId],
    )
    const found = (await aftermathOf(rig, { crowd, watch: new Watch(), shared })).join('\n')
    expect(found).toMatch(/an outbox row of another tenant/)
    expect(found).toMatch(`rows of several tenants hold ${second.id}`)
    expect(found).toMatch(/a request without its one notice/)
  })
})
