import { addClockEvent, closeErasureRequest, moveErasureRequest } from '@lethe/db'
import type { ClockEventKind } from '@lethe/domain'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readClocks } from './read-clocks.js'
import { recordEvidence } from './record-evidence.js'
import { Sweep } from './sweep.js'
import { type Rig, startRig } from './testing/rig.js'
import { approveErasure, createDataset, createProductionModel } from './testing/world.js'

let rig: Rig
let sweeps: Sweep[]
beforeAll(async () => {
  rig = await startRig()
  sweeps = [1, 2].map(() => new Sweep(rig.context, { wake: () => undefined }, rig.options.keep, 60_000))
})
afterAll(async () => {
  await Promise.all(sweeps.map((sweep) => sweep.stop()))
  await rig.stop()
})

let tenantId: string
let requestId: string
let versionIds: string[]
beforeEach(async () => {
  rig.setNow(null)
  const dataset = await createDataset(rig)
  const { versionId } = await createProductionModel(rig, dataset)
  versionIds = [versionId]
  rig.setNow(new Date('2026-01-30T10:00:00Z'))
  tenantId = dataset.tenantId
  ;({ requestId } = await approveErasure(rig, { tenantId, owner: 'ruth', versionIds }))
})

/** Two sweeps at once, and one after them, at an instant. */
async function sweepAt(instant: string): Promise<void> {
  rig.setNow(new Date(instant))
  await Promise.all(sweeps.map((sweep) => sweep.run()))
  await sweeps[0]?.run()
}

const notices = async () => {
  const rows = await rig.gateway.forTenant(tenantId).notice.findMany({
    where: { kind: { startsWith: 'clock.' } },
    orderBy: { createdAt: 'asc' },
  })
  return rows.map(({ kind, createdAt, requestId: about }) => {
    expect(about).toBe(requestId)
    return `${kind} ${createdAt.toISOString()}`
  })
}

const move = (kind: ClockEventKind, at: string, count?: number) =>
  rig.gateway.forTenant(tenantId).$transaction(async (tx) => {
    const now = new Date(at)
    const { evidence } = await addClockEvent(tx, { tenantId, requestId, kind, at: now, reason: 'r', count, now })
    await recordEvidence(tx, { tenantId, entries: evidence, now })
  })

describe('notices', () => {
  // Received 30 January in Berlin: due with the last hour of 28 February, a Saturday, so on Monday, 2 March.
  it('come at nine by the tenant’s clock, once each, though two sweeps look, and say that it is late', async () => {
    await sweepAt('2026-02-23T07:59:00Z')
    expect(await notices()).toEqual([])
    await sweepAt('2026-02-23T08:00:00Z')
    await sweepAt('2026-02-25T08:00:00Z')
    await sweepAt('2026-02-28T23:00:00Z')
    await sweepAt('2026-03-02T22:59:00Z')
    await sweepAt('2026-03-02T23:00:01Z')
    await sweepAt('2026-03-05T12:00:00Z')
    expect(await notices()).toEqual([
      'clock.due-soon 2026-02-23T08:00:00.000Z',
      'clock.due-soon 2026-02-28T23:00:00.000Z',
      'clock.due-soon 2026-03-02T22:59:00.000Z',
      'clock.breached 2026-03-02T23:00:01.000Z',
    ])
  })

  it('say that a request was late that was closed late between two sweeps', async () => {
    await sweepAt('2026-02-20T12:00:00Z')
    const now = new Date('2026-03-03T12:00:00Z')
    await rig.gateway.forTenant(tenantId).$transaction(async (tx) => {
      await moveErasureRequest(tx, { tenantId, requestId, to: 'BLOCKED', reason: 'r', now })
      await closeErasureRequest(tx, { tenantId, requestId, to: 'REJECTED', reason: 'r', now })
    })
    await sweepAt('2026-03-03T12:00:30Z')
    expect(await notices()).toEqual(['clock.breached 2026-03-03T12:00:30.000Z'])
  })

  it('are given for each clock, however few are looked at in one go', async () => {
    const more: string[] = []
    for (const owner of ['ruth', 'grace'])
      more.push((await approveErasure(rig, { tenantId, owner, versionIds })).requestId)
    rig.setNow(new Date('2026-03-05T12:00:00Z'))
    await readClocks(rig.context, tenantId, 1)
    const told = await rig.gateway.forTenant(tenantId).notice.findMany({ where: { kind: 'clock.breached' } })
    expect(told.map((notice) => notice.requestId).sort()).toEqual([requestId, ...more].sort())
  })

  it('keep no clock locked about which there is nothing to say', async () => {
    await sweepAt('2026-02-20T12:00:00Z')
    await rig.gateway.forTenant(tenantId).$transaction(async (tx) => {
      await tx.$queryRaw`SELECT 1 FROM sla_clock WHERE request_id = ${requestId}::uuid FOR UPDATE`
      await readClocks(rig.context, tenantId)
    })
    expect(await notices()).toEqual([])
  })

  it('are given anew for the date that an extension leads to, and not while a clock is paused', async () => {
    await sweepAt('2026-02-24T12:00:00Z')
    await move('extend', '2026-02-24T13:00:00Z')
    await sweepAt('2026-02-25T12:00:00Z')
    expect(await notices()).toHaveLength(1)
    await move('pause', '2026-04-27T06:00:00Z')
    await sweepAt('2026-04-28T12:00:00Z')
    expect(await notices()).toHaveLength(1)
    await move('resume', '2026-04-28T13:00:00Z')
    await sweepAt('2026-04-28T14:00:00Z')
    expect(await notices()).toEqual([
      'clock.due-soon 2026-02-24T12:00:00.000Z',
      'clock.due-soon 2026-04-28T14:00:00.000Z',
    ])
  })
})

describe('forecasts', () => {
  const forecasts = () =>
    rig.gateway.forTenant(tenantId).breachForecast.findMany({ orderBy: { day: 'asc' }, where: { tenantId } })

  it('are made once a day of the tenant, rise towards the end, and are scored when the clock was late', async () => {
    await sweepAt('2026-02-20T22:30:00Z')
    await sweepAt('2026-02-20T22:59:00Z')
    await sweepAt('2026-02-20T23:30:00Z')
    await sweepAt('2026-03-02T22:30:00Z')
    const [first, second, last] = await forecasts()
    expect([first, second, last].map((each) => each?.day.toISOString().slice(0, 10))).toEqual([
      '2026-02-20',
      '2026-02-21',
      '2026-03-02',
    ])
    expect(last?.probability).toBeGreaterThan(first?.probability ?? 1)
    expect(first).toMatchObject({ stage: 'work', finishedRequests: 0, breached: null, scoredAt: null })
    await sweepAt('2026-03-03T12:00:00Z')
    expect((await forecasts()).map(({ breached }) => breached)).toEqual([true, true, true])
  })

  it.each([
    ['FULFILLED', 'as kept', false],
    ['REJECTED', 'not at all', null],
  ] as const)('of a request that ended %s are scored %s', async (to, _, breached) => {
    await sweepAt('2026-02-20T12:00:00Z')
    const now = new Date('2026-02-21T12:00:00Z')
    await rig.gateway.forTenant(tenantId).$transaction(async (tx) => {
      if (to === 'FULFILLED')
        for (const state of ['AUDITING', 'ERASING'] as const)
          await moveErasureRequest(tx, { tenantId, requestId, to: state, now })
      else await moveErasureRequest(tx, { tenantId, requestId, to: 'BLOCKED', reason: 'r', now })
      await closeErasureRequest(tx, { tenantId, requestId, to, reason: 'r', now })
    })
    await sweepAt('2026-02-21T12:01:00Z')
    expect(await forecasts()).toMatchObject([{ breached }])
  })
})

describe('the list of California’s deletion platform', () => {
  const said = async () => {
    const rows = await rig.gateway
      .forTenant(tenantId)
      .notice.findMany({ where: { kind: { startsWith: 'list.' } }, orderBy: { createdAt: 'asc' } })
    return rows.map(({ kind, createdAt, data }) => [kind, createdAt.toISOString(), data])
  }
  const fetched = (at: string) =>
    rig.gateway
      .forTenant(tenantId)
      .listAccess.create({ data: { tenantId, at: new Date(at), recordedBy: '01900000-0000-7000-8000-000000000001' } })

  // Fetched on 2 February in Berlin: to be fetched again by the end of 19 March, 45 days later.
  it('is reminded of before its day and once it is over, each once, and anew after the next fetch', async () => {
    await sweepAt('2026-02-01T12:00:00Z')
    await fetched('2026-02-02T10:00:00Z')
    await sweepAt('2026-03-12T07:59:00Z')
    expect(await said()).toEqual([])
    await sweepAt('2026-03-12T08:00:00Z')
    await sweepAt('2026-03-13T08:00:00Z')
    await sweepAt('2026-03-19T23:00:01Z')
    const dueAt = '2026-03-19T23:00:00.000Z'
    expect(await said()).toEqual([
      ['list.due-soon', '2026-03-12T08:00:00.000Z', { dueAt }],
      ['list.overdue', '2026-03-19T23:00:01.000Z', { dueAt }],
    ])
    await fetched('2026-03-20T10:00:00Z')
    await sweepAt('2026-03-21T10:00:00Z')
    expect(await said()).toHaveLength(2)
    await sweepAt('2026-05-03T10:00:00Z')
    expect((await said()).map(([kind]) => kind)).toEqual(['list.due-soon', 'list.overdue', 'list.due-soon'])
  })
})
