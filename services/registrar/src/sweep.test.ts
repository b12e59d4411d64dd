import { publishProgress, RunProgressed } from '@lethe/bus'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Sweep } from './sweep.js'
import { grantOf, type Rig, startRig, until } from './testing/rig.js'
import { approveErasure, createDataset, createProductionModel, readRun, startPretraining } from './testing/world.js'

let rig: Rig
beforeAll(async () => {
  rig = await startRig()
})
afterAll(() => rig.stop())

it('puts a breach on record once, though two sweeps find it, and a clock in time not at all', async () => {
  const dataset = await createDataset(rig)
  const { tenantId } = dataset
  const { versionId } = await createProductionModel(rig, dataset)
  rig.setNow(new Date('2026-01-31T10:00:00Z'))
  const { requestId } = await approveErasure(rig, { tenantId, owner: 'ruth', versionIds: [versionId] })
  const client = rig.gateway.forTenant(tenantId)
  const read = async () => {
    const clock = await client.slaClock.findFirstOrThrow({ where: { requestId } })
    const changes = await client.evidence.count({ where: { requestId, kind: 'clock-changed/v1' } })
    return { state: clock.state, dueAt: clock.dueAt.toISOString(), changes }
  }
  const sweeps = [1, 2].map(() => new Sweep(rig.context, { wake: () => undefined }, rig.options.keep, 60_000))

  rig.setNow(new Date('2026-03-02T22:59:59Z'))
  await Promise.all(sweeps.map((sweep) => sweep.run()))
  expect(await read()).toEqual({ state: 'RUNNING', dueAt: '2026-03-02T23:00:00.000Z', changes: 0 })

  rig.setNow(new Date('2026-03-02T23:00:01Z'))
  await Promise.all(sweeps.map((sweep) => sweep.run()))
  await Promise.all(sweeps.map((sweep) => sweep.run()))
  expect(await read()).toMatchObject({ state: 'BREACHED', changes: 1 })
  rig.setNow(null)
  await Promise.all(sweeps.map((sweep) => sweep.stop()))
})

it('keeps the newest progress of a run, and none of an attempt that is over', async () => {
  const registrar = rig.start()
  const dataset = await createDataset(rig)
  const { run } = await startPretraining(rig, dataset)
  const say = (attempt: number, fraction: number) =>
    publishProgress(
      // Workers say this, and the registrar may not.
      rig.everything,
      RunProgressed.parse({
        version: 1,
        tenantId: run.tenantId,
        runId: run.id,
        runKind: 'pretrain',
        attempt,
        worker: `worker-${attempt}`,
        device: 'cpu',
        at: '2026-03-02T10:00:00.000Z',
        progress: { phase: 'train', fraction },
      }),
      grantOf(run),
    )
  say(1, 0.1)
  const begun = await until(async () => {
    const row = await readRun(rig, run.tenantId, run.id)
    return row.state === 'RUNNING' && row
  })
  expect(begun).toMatchObject({ attempt: 1, worker: 'worker-1', progress: { fraction: 0.1 } })
  expect(begun.startedAt?.toISOString()).toBe('2026-03-02T10:00:00.000Z')
  say(2, 0.4)
  await until(async () => (await readRun(rig, run.tenantId, run.id)).attempt === 2)
  say(1, 0.9)
  say(3, 0.5)
  await until(async () => (await readRun(rig, run.tenantId, run.id)).attempt === 3)
  expect(await readRun(rig, run.tenantId, run.id)).toMatchObject({ worker: 'worker-3', progress: { fraction: 0.5 } })
  await registrar.stop()
})
