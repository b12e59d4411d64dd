import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { readQueues } from '@lethe/bus'
import { type OutboxMessage, queueBundle, relayOutbox, type Run } from '@lethe/db'
import { sha256 } from '@lethe/domain'
import { writeBundle } from '@lethe/ledger'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { publishMessage } from './publish-message.js'
import { collectParts } from './bundle/collect-parts.js'
import { advanceErasing } from './erasing/eraser.js'
import { recordResult } from './results/record-result.js'
import { redacted } from './testing/erase.js'
import { tracesOf } from './testing/find-traces.js'
import { bundleRegistrar, killNow, type RegistrarProgram } from './testing/registrar-process.js'
import { audited, trained } from './testing/results.js'
import { type Rig, startRig, until } from './testing/rig.js'
import {
  approveErasure,
  createDataset,
  createProductionModel,
  ingested,
  readRun,
  samples,
  startIngest,
  startPretraining,
} from './testing/world.js'

let rig: Rig
let program: RegistrarProgram
beforeAll(async () => {
  ;[rig, program] = await Promise.all([startRig(), bundleRegistrar()])
})
afterAll(async () => {
  await rig.stop()
  program.remove()
})

/** The registrar as its own process. */
const spawnRegistrar = (env?: Record<string, string>) => program.start(rig, env)

/** Publishes whatever waits, as the registrar would. */
async function relayAll(): Promise<number> {
  let published = 0
  const publish = async (message: OutboxMessage) => {
    await publishMessage(rig.context, message)
    published += 1
  }
  while ((await relayOutbox(rig.context.db, 100, publish)) > 0);
  return published
}

/** Pretraining tasks on the bus; nobody works here, so each that was published is still there. */
async function taskMessages(): Promise<number> {
  const [queue] = await readQueues(rig.bus, ['pretrain'])
  return queue?.waiting ?? 0
}

it('a relay that dies between publishing and marking publishes again, and the bus keeps one', async () => {
  const dataset = await createDataset(rig)
  await relayAll()
  const before = await taskMessages()
  await startPretraining(rig, dataset)
  const dying = relayOutbox(rig.context.db, 100, async (message) => {
    await publishMessage(rig.context, message)
    if (message.contract === 'task')
      await rig.test.owner.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'lethe_registrar' AND state = 'idle in transaction'",
      )
  })
  await expect(dying).rejects.toThrow()
  expect(await relayAll()).toBeGreaterThan(0)
  expect((await taskMessages()) - before).toBe(1)
})

it('killed again and again, it takes in every result once and publishes every task once', async () => {
  const dataset = await createDataset(rig)
  const { tenantId } = dataset
  await relayAll()
  const before = await taskMessages()
  const runs: Run[] = []
  let child = spawnRegistrar()
  for (let i = 0; i < 6; i++) {
    const { run } = await startPretraining(rig, dataset)
    runs.push(run)
    await rig.publish(trained(run))
    if (i % 3 !== 2) continue
    // Begun, and in the middle of something: the moment is left to chance.
    await until(async () => (await readRun(rig, tenantId, runs[i - 2]?.id ?? '')).state === 'SUCCEEDED')
    await killNow(child)
    child = spawnRegistrar()
  }
  await until(async () =>
    (await Promise.all(runs.map(({ id }) => readRun(rig, tenantId, id)))).every(({ state }) => state === 'SUCCEEDED'),
  )
  const client = rig.gateway.forTenant(tenantId)
  await until(async () => (await client.outbox.count({ where: { publishedAt: null } })) === 0)
  expect(await client.evidence.count({ where: { kind: 'model-trained/v1' } })).toBe(6)
  expect((await taskMessages()) - before).toBe(6)
  await until(async () => {
    const [evidence, newest] = await Promise.all([
      client.evidence.count(),
      client.logCheckpoint.findFirst({ orderBy: { size: 'desc' } }),
    ])
    return Number(newest?.size) === evidence
  })
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  expect((await exited)[0]).toBe(0)
}, 90_000)

it('killed while it erases, again and again, it goes on: nothing is left, and each store has one receipt', async () => {
  const dataset = await createDataset(rig)
  const { tenantId } = dataset
  const { versionId } = await createProductionModel(rig, dataset)
  const { requestId, runIds } = await approveErasure(rig, { ...dataset, owner: 'ruth', versionIds: [versionId] })
  for (const id of runIds) await recordResult(rig.context, trained(await readRun(rig, tenantId, id)))
  const client = rig.gateway.forTenant(tenantId)
  const audit = await client.run.findFirstOrThrow({ where: { requestId, kind: 'audit' } })
  await recordResult(rig.context, audited(audit, 'PASS'))
  await advanceErasing(rig.context, { tenantId, requestId })
  const cut = await client.run.findFirstOrThrow({ where: { requestId, kind: 'redact' } })
  const answer = await redacted(rig, cut)
  // Enough to delete that a kill falls into the middle.
  for (const { id } of await client.run.findMany())
    for (const part of ['weights', 'state']) await rig.artifacts.put(tenantId, Buffer.from(`${part} of ${id}`))
  await recordResult(rig.context, answer)
  let kills = 0
  for (let afterMs = 20; ; afterMs = Math.ceil(afterMs * 1.3)) {
    const child = spawnRegistrar()
    // Counted from when it is ready, because starting takes longest.
    await once(child.stdout ?? child, 'data')
    await wait(afterMs)
    const { state } = await client.erasureRequest.findFirstOrThrow({ where: { id: requestId } })
    await killNow(child)
    if (state === 'FULFILLED') break
    kills += 1
  }
  expect(kills).toBeGreaterThan(0)
  expect(await client.evidence.count({ where: { requestId, kind: 'data-deleted/v1' } })).toBe(3)
  expect(await client.evidence.count({ where: { requestId, kind: 'erasure-closed/v1' } })).toBe(1)
  const forgotten = samples.filter(({ owner }) => owner === 'ruth').map(({ contentId }) => contentId)
  expect(await tracesOf(rig, tenantId, forgotten)).toEqual({ blobs: [], rows: [] })
}, 120_000)

it('killed in the middle of a bundle, it makes the very same: its size of the log and its bytes stay', async () => {
  const dataset = await createDataset(rig)
  const { tenantId } = dataset
  const { versionId } = await createProductionModel(rig, dataset)
  const { requestId } = await approveErasure(rig, { ...dataset, owner: 'ruth', versionIds: [versionId] })
  const client = rig.gateway.forTenant(tenantId)
  const isSigned = async () => {
    const newest = await client.logCheckpoint.findFirst({ orderBy: { size: 'desc' } })
    return Number(newest?.size) === (await client.evidence.count())
  }
  const killed = spawnRegistrar({ LOG_HOST: 'lethe.test' })
  await until(isSigned)
  // Proofs cannot be read, so that the kill falls into the middle.
  const obstacle = await rig.test.owner.connect()
  await obstacle.query('BEGIN; LOCK TABLE log_node IN ACCESS EXCLUSIVE MODE')
  const { id } = await client.$transaction((tx) =>
    queueBundle(tx, { tenantId, requestId, requestedBy: null, now: new Date() }),
  )
  const readBundle = () => client.evidenceBundle.findFirstOrThrow({ where: { id } })
  await until(async () => (await readBundle()).attempts === 1)
  await killNow(killed)
  await obstacle.query('ROLLBACK')
  obstacle.release()
  const begun = await readBundle()
  expect(begun).toMatchObject({ state: 'QUEUED', digest: null })
  // The log grows on.
  await recordResult(rig.context, await ingested(rig, (await startIngest(rig, tenantId)).run))
  const again = spawnRegistrar({ LOG_HOST: 'lethe.test' })
  const made = await until(async () => {
    const bundle = await readBundle()
    return bundle.state !== 'QUEUED' && bundle
  })
  await until(isSigned)
  await killNow(again)
  const { logSize, pinnedAt } = begun
  expect(made).toMatchObject({ state: 'READY', attempts: 2, logSize, pinnedAt })
  if (logSize === null || pinnedAt === null) throw new Error('A bundle that was begun has a size of the log.')
  const sources = { client: rig.context.db.forTenant(tenantId), artifacts: rig.artifacts }
  const parts = await collectParts(sources, { ...begun, logSize, pinnedAt })
  expect(sha256(writeBundle(parts, rig.options.signerOf(tenantId)))).toBe(made.digest)
}, 120_000)

it('says every problem of a wrong configuration, and refuses a login that could see everything', async () => {
  const endOf = async (env: Record<string, string>) => {
    const child = spawnRegistrar(env)
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += String(chunk)))
    const [code] = (await once(child, 'close')) as [number]
    return { code, output }
  }
  const wrong = await endOf({ DATABASE_URL: 'nowhere', NATS_URL: '', HEALTH_PORT: '70000' })
  expect(wrong.code).toBe(1)
  for (const name of ['DATABASE_URL', 'NATS_URL', 'HEALTH_PORT']) expect(wrong.output).toContain(name)
  const owner = await endOf({ DATABASE_URL: rig.test.ownerUrl })
  expect(owner.code).toBe(1)
  expect(owner.output).toContain('LOGIN_UNSAFE')
  const keyless = await endOf({ LOG_SIGNING_KEY_FILE: program.entry })
  expect(keyless.code).toBe(1)
  expect(keyless.output).toContain('SIGNING_KEY_UNREADABLE')
})
