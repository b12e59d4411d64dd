import { publishChanged } from '@lethe/bus'
import { newId } from '@lethe/db'
import { type RunId, TenantId } from '@lethe/domain'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type GatewayRig, startGatewayRig, type TestTenant } from './testing/gateway-rig.js'
import { openStream, readStream, type StreamEvent } from './testing/read-stream.js'
import { seedModel } from './testing/seed.js'
import { sayProgress, seedRun } from './testing/seed-run.js'

let rig: GatewayRig
let acme: TestTenant
let rival: TestTenant
beforeAll(async () => {
  rig = await startGatewayRig({ STREAMS_PER_VIEWER: 6 })
  acme = await rig.createTenant('acme')
  rival = await rig.createTenant('rival')
  await seedModel(rig, acme, 'acme')
})
afterAll(() => rig.stop())

const newRun = () => seedRun(rig, acme)
const say = (runId: RunId, epoch: number) => sayProgress(rig, acme, runId, { fraction: 0, epoch })

const change = (aggregate: 'run' | 'erasure-request', id: string) =>
  publishChanged(
    rig.bus,
    { version: 1, tenantId: TenantId.parse(acme.id), aggregate, id, at: new Date().toISOString() },
    { msgId: newId() },
  )

/** The first events of a subscription; the connection is cut then. */
async function take(count: number, query: string, token: string, after?: string): Promise<StreamEvent[]> {
  const leaving = new AbortController()
  const taken: StreamEvent[] = []
  try {
    for await (const event of readStream(rig, { token, query, after, signal: leaving.signal })) {
      taken.push(event)
      if (taken.length === count) break
    }
  } finally {
    leaving.abort()
  }
  return taken
}

const epochOf = ({ data }: StreamEvent) =>
  (data?.data?.['runProgress'] as { progress: { epoch: number } }).progress.epoch

describe('a subscription whose connection was cut', () => {
  it('goes on behind the last event that was read: nothing missed, nothing repeated', async () => {
    const runId = await newRun()
    const query = `subscription { runProgress(runId: "${runId}") { progress { epoch } } }`
    for (const epoch of [1, 2, 3]) say(runId, epoch)
    const before = await take(2, query, acme.tokens.engineer)
    expect(before.map(epochOf)).toEqual([1, 2])
    for (const epoch of [4, 5]) say(runId, epoch)
    const after = await take(3, query, acme.tokens.engineer, before[1]?.id)
    expect(after.map(epochOf)).toEqual([3, 4, 5])
  })

  it('hears of what changed in the tenant meanwhile', async () => {
    const query = 'subscription { tenantChanged { aggregate id } }'
    const ids = [newId(), newId(), newId()] as const
    const first = take(1, query, acme.tokens.engineer)
    const saying = setInterval(() => void change('run', ids[0]), 50)
    const [heard] = await first
    clearInterval(saying)
    expect(heard?.data?.data).toEqual({ tenantChanged: { aggregate: 'run', id: ids[0] } })
    for (const id of ids.slice(1)) await change('run', id)
    const later: string[] = []
    for await (const { data } of readStream(rig, {
      token: acme.tokens.engineer,
      query,
      after: heard?.id,
      signal: AbortSignal.timeout(20_000),
    })) {
      later.push((data?.data?.['tenantChanged'] as { id: string }).id)
      if (later.at(-1) === ids[2]) break
    }
    expect(later.filter((id) => id !== ids[0])).toEqual([ids[1], ids[2]])
  })

  it('is not told again how a request stands when nothing happened to it', async () => {
    const asked = await rig.graphql(
      acme.tokens.privacy_officer,
      'mutation ($input: RequestErasureInput!) { requestErasure(input: $input) { ... on ErasureRequest { id } } }',
      { input: { idempotencyKey: newId(), ground: 'g', selection: { subjectKey: 'subject-acme' } } },
    )
    const { id } = asked.data?.['requestErasure'] as { id: string }
    const query = `subscription { erasureRequestChanged(id: "${id}") { state } }`
    const [first] = await take(1, query, acme.tokens.privacy_officer)
    expect(first?.data?.data).toEqual({ erasureRequestChanged: { state: 'RECEIVED' } })
    await rig.sql(`UPDATE erasure_request SET state = 'VERIFIED' WHERE id = $1`, [id])
    await change('erasure-request', id)
    const [next] = await take(1, query, acme.tokens.privacy_officer, first?.id)
    expect(next?.data?.data).toEqual({ erasureRequestChanged: { state: 'VERIFIED' } })
  })

  it('cannot go on behind an event of another tenant, nor behind one that was made up', async () => {
    const runId = await newRun()
    say(runId, 1)
    const [event] = await take(
      1,
      `subscription { runProgress(runId: "${runId}") { progress { epoch } } }`,
      acme.tokens.engineer,
    )
    const query = 'subscription { tenantChanged { id } }'
    for (const id of [event?.id, 'AAAAAAAAAAAAAAAAAAAAAA', '12', 'x'])
      expect((await take(1, query, rival.tokens.engineer, id))[0]?.data?.errors?.[0]?.extensions.code).toBe(
        'EVENT_ID_INVALID',
      )
  })
})

describe('a subscriber', () => {
  it('may hold so many streams and no more; one that is closed makes room', async () => {
    const query = 'subscription { tenantChanged { id } }'
    const leaving = Array.from({ length: 6 }, () => new AbortController())
    const token = acme.tokens.tenant_owner
    const open = (signal: AbortSignal) => openStream(rig, { token, query, signal })
    const opened = await Promise.all(leaving.map(({ signal }) => open(signal)))
    expect(opened.map(({ status }) => status)).toEqual(Array(6).fill(200))
    const refused = await open(AbortSignal.timeout(10_000))
    expect([refused.status, await refused.json()]).toMatchObject([
      429,
      { errors: [{ extensions: { code: 'TOO_MANY_SUBSCRIPTIONS' } }] },
    ])
    const others = new AbortController()
    expect((await openStream(rig, { token: acme.tokens.auditor, query, signal: others.signal })).status).toBe(200)
    leaving[0]?.abort()
    const again = new AbortController()
    await vi.waitFor(async () => expect((await open(again.signal)).status).toBe(200), { timeout: 10_000, interval: 50 })
    for (const controller of [...leaving, others, again]) controller.abort()
  })
})
