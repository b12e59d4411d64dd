import type { RunId, TenantId } from '@lethe/domain'
import { startNatsServer } from '@lethe/stack'
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { GrantedDeployment } from './contracts/events.js'
import { consumeProgress, consumeResults } from './consume-results.js'
import { putDeployment, removeDeployment, watchDeployments } from './deployments.js'
import { followEvents, type FollowedEvent, type FollowOptions } from './follow-events.js'
import { publishChanged, publishProgress, publishTask } from './publish.js'
import { grant, newTask, outcome, startRig, type Rig } from './testing/rig.js'

let rig: Rig
const end = new AbortController()
beforeAll(async () => {
  rig = await startRig()
})
afterAll(async () => {
  end.abort()
  await rig.stop()
})

const until = <T>(check: () => T): Promise<T> => vi.waitFor(check, { timeout: 25_000, interval: 20 })
const at = '2026-01-01T00:00:00.000Z'
const newId = () => randomUUID() as TenantId & RunId

const progress = (tenantId: TenantId, runId: RunId, fraction: number) =>
  publishProgress(
    rig.bus,
    {
      version: 1,
      tenantId,
      runId,
      runKind: 'pretrain',
      attempt: 1,
      worker: 'w',
      device: 'cpu',
      at,
      progress: { phase: 'train', fraction },
    },
    grant,
  )
const changed = (tenantId: TenantId, aggregate: 'run' | 'model', id: string) =>
  publishChanged(rig.bus, { version: 1, tenantId, aggregate, id, at }, { msgId: randomUUID() })

function follow(options: Omit<FollowOptions, 'signal'>) {
  const controller = new AbortController()
  const seen: FollowedEvent[] = []
  const done = (async () => {
    const signal = AbortSignal.any([controller.signal, end.signal])
    for await (const event of followEvents(rig.bus, { ...options, signal })) seen.push(event)
  })()
  return { seen, stop: () => (controller.abort(), done) }
}

describe('following events', () => {
  it('replays one run, then follows it, and nothing of other runs or tenants', async () => {
    const [tenantId, runId, otherRun, otherTenant] = [newId(), newId(), newId(), newId()]
    progress(tenantId, runId, 0.1)
    progress(tenantId, otherRun, 0.9)
    progress(otherTenant, runId, 0.8)
    await changed(tenantId, 'run', runId)
    const follower = follow({ scope: { tenantId, aggregate: 'run', id: runId }, from: 'replay' })
    await until(() => expect(follower.seen).toHaveLength(2))
    progress(tenantId, runId, 0.2)
    progress(tenantId, otherRun, 0.9)
    progress(otherTenant, runId, 0.8)
    progress(tenantId, runId, 0.3)
    await until(() => expect(follower.seen).toHaveLength(4))
    const told = follower.seen.map((one) =>
      one.type === 'progress' ? one.event.progress.fraction : one.event.aggregate,
    )
    expect(told).toEqual([0.1, 'run', 0.2, 0.3])
    await follower.stop()
  })

  it('goes on after a cursor without missing or repeating, and starts at the present when asked', async () => {
    const [tenantId, runId] = [newId(), newId()]
    for (const fraction of [0.1, 0.2, 0.3]) progress(tenantId, runId, fraction)
    const first = follow({ scope: { tenantId }, from: 'replay' })
    await until(() => expect(first.seen).toHaveLength(3))
    const cursor = first.seen[0]?.sequence ?? 0
    const second = follow({ scope: { tenantId }, from: cursor })
    const present = follow({ scope: { tenantId, aggregate: 'model' }, from: 'new' })
    await until(() => expect(second.seen).toEqual(first.seen.slice(1)))
    await until(async () => {
      await changed(tenantId, 'model', 'm1')
      expect(present.seen.length).toBeGreaterThan(0)
    })
    await Promise.all([first.stop(), second.stop(), present.stop()])
  })

  it('passes over what breaks its contract, or speaks of another tenant than its subject', async () => {
    const [tenantId, runId] = [newId(), newId()]
    await rig.bus.js.publish(`events.${tenantId}.run.${runId}.progress`, '{"fraction":2}')
    const ofAnother = { version: 1, tenantId: newId(), aggregate: 'run', id: runId, at }
    await rig.bus.js.publish(`events.${tenantId}.run.${runId}.changed`, JSON.stringify(ofAnother))
    progress(tenantId, runId, 0.5)
    const follower = follow({ scope: { tenantId }, from: 'replay' })
    await until(() => expect(follower.seen).toHaveLength(1))
    await follower.stop()
  })
})

it('repeats a message until it is recorded', async () => {
  const other = await startRig()
  const stop = new AbortController()
  try {
    const task = newTask()
    let tries = 0
    const consuming = consumeProgress(other.bus, {
      grantsOf: () => [grant],
      signal: stop.signal,
      handler: () => (++tries < 3 ? Promise.reject(new Error('no database')) : Promise.resolve()),
    })
    const worker = await other.startWorker((context) => {
      context.progress({ phase: 'x', fraction: 1 })
      return Promise.resolve(outcome)
    })
    await publishTask(other.bus, task, { msgId: task.runId, grant })
    await until(() => expect(tries).toBe(3))
    await worker.stop()
    stop.abort()
    await consuming
  } finally {
    await other.stop()
  }
})

const deployment = (modelVersionId: string): GrantedDeployment => ({
  version: 1,
  tenantId: newId(),
  modelId: newId(),
  modelVersionId,
  weights: { digest: 'a'.repeat(64), size: 1 },
  imageSize: 32,
  grant,
})

it('tells what is deployed, then changes', async () => {
  const [first, second] = [newId(), newId()]
  const stop = new AbortController()
  const told: string[] = []
  const watcher = {
    onPut: ({ modelVersionId }: { modelVersionId: string }) => void told.push(`+${modelVersionId}`),
    onRemove: (id: string) => void told.push(`-${id}`),
    onCurrent: () => void told.push('current'),
  }
  await putDeployment(rig.bus, deployment(first))
  const watching = watchDeployments(rig.bus, watcher, stop.signal)
  await until(() => expect(told).toEqual([`+${first}`, 'current']))
  await putDeployment(rig.bus, deployment(second))
  await removeDeployment(rig.bus, first)
  await until(() => expect(told).toEqual([`+${first}`, 'current', `+${second}`, `-${first}`]))
  stop.abort()
  await watching
})

it('survives kill -9 of the server mid-task: same attempt, result recorded, followers go on', async () => {
  const task = newTask()
  const results: string[] = []
  const other = await startRig()
  try {
    void consumeResults(other.bus, {
      grantsOf: () => [grant],
      signal: end.signal,
      handler: ({ runId }) => Promise.resolve(void results.push(runId)),
    })
    const seen: FollowedEvent[] = []
    void (async () => {
      const scope = { tenantId: task.tenantId }
      for await (const event of followEvents(other.bus, { scope, from: 'replay', signal: end.signal })) seen.push(event)
    })()
    const deployed: string[] = []
    const onPut = ({ modelVersionId }: GrantedDeployment) => void deployed.push(modelVersionId)
    void watchDeployments(other.bus, { onPut, onRemove: () => undefined, onCurrent: () => undefined }, end.signal)
    let release = (): void => undefined
    const released = new Promise<void>((resolve) => (release = resolve))
    let runs = 0
    const worker = await other.startWorker(async (context) => {
      runs++
      context.progress({ phase: 'before', fraction: 0.1 })
      await released
      context.progress({ phase: 'after', fraction: 0.9 })
      return outcome
    })
    await publishTask(other.bus, task, { msgId: task.runId, grant })
    await until(() => expect(seen).toHaveLength(1))
    const { server } = JSON.parse(readFileSync(join(other.stateDir, 'nats', 'state.json'), 'utf8')) as {
      server: { pid: number }
    }
    process.kill(server.pid, 'SIGKILL')
    const again = await startNatsServer({ stateDir: other.stateDir })
    release()
    await until(() => expect([...results, ...other.results.map(({ runId }) => runId)]).toContain(task.runId))
    await until(async () => {
      const event = { version: 1, aggregate: 'run', id: task.runId, tenantId: task.tenantId, at } as const
      await publishChanged(other.bus, event, { msgId: 'after' })
      expect(seen.map(({ type }) => type)).toContain('changed')
    })
    const late = deployment(newId())
    await putDeployment(other.bus, late)
    await until(() => expect(deployed).toContain(late.modelVersionId))
    await worker.stop()
    expect(runs).toBe(1)
    await again.stop()
  } finally {
    await other.stop()
  }
}, 60_000)
