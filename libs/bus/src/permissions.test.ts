import type { Digest, RunId, TenantId } from '@lethe/domain'
import { startNatsServer, type NatsServer } from '@lethe/stack'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PermissionViolationError } from 'nats'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { connectBus, type Bus } from './bus.js'
import { requestCancel } from './cancel.js'
import { consumeProgress, consumeResults } from './consume-results.js'
import { consumeTasks } from './consume-tasks.js'
import type { RunProgressed } from './contracts/events.js'
import type { RunResult } from './contracts/results.js'
import { putDeployment, regrantDeployments, removeDeployment, watchDeployments } from './deployments.js'
import { eraseResumePoints } from './erase-traces.js'
import { followEvents } from './follow-events.js'
import { busPermissions, busUsers, type BusUser } from './permissions.js'
import { publishChanged, publishTask } from './publish.js'
import { newTask, outcome } from './testing/rig.js'

let server: NatsServer
let stateDir: string
let bus: Record<BusUser, Bus>
const end = new AbortController()

beforeAll(async () => {
  stateDir = mkdtempSync(join(tmpdir(), 'lethe-bus-permissions-'))
  server = await startNatsServer({ stateDir, users: busUsers, permissions: busPermissions })
  const connect = (user: BusUser) => connectBus({ url: server.urls[user] ?? '', name: user, user })
  // Those who wait for the registrar may come first.
  const [registrar, ...others] = await Promise.all(busUsers.map(connect))
  const [gateway, compute, embedding] = others
  bus = { registrar, gateway, compute, embedding } as Record<BusUser, Bus>
})
afterAll(async () => {
  end.abort()
  await Promise.all(Object.values(bus).map(({ nc }) => nc.close()))
  await server.stop()
  rmSync(stateDir, { recursive: true, force: true })
})

/** Whether the server refuses to take a message for a subject. */
async function refusesToTake(user: BusUser, subject: string): Promise<boolean> {
  try {
    await bus[user].nc.request(subject, '{}', { timeout: 400 })
    return false
  } catch (error) {
    return error instanceof PermissionViolationError || (error as Error).cause instanceof PermissionViolationError
  }
}

async function refusesToTell(user: BusUser, subject: string): Promise<boolean> {
  const { nc } = bus[user]
  const subscription = nc.subscribe(subject, { callback: () => undefined })
  const refused = subscription.closed.then((error) => error instanceof PermissionViolationError)
  await nc.flush()
  subscription.unsubscribe()
  return refused
}

const id = randomUUID()
const api = '$JS.API'

/** Every way to a blob that goes past the registrar. */
const blobsOfAnybody = [
  '$O.artifacts.C.x',
  '$O.artifacts.M.x',
  ...[
    'STREAM.INFO',
    'STREAM.MSG.GET',
    'DIRECT.GET',
    'STREAM.PURGE',
    'STREAM.MSG.DELETE',
    'STREAM.UPDATE',
    'STREAM.DELETE',
    'STREAM.SNAPSHOT',
  ].map((verb) => `${api}.${verb}.OBJ_artifacts`),
  `${api}.DIRECT.GET.OBJ_artifacts.$O.artifacts.C.x`,
  `${api}.CONSUMER.CREATE.OBJ_artifacts.mine`,
]

/** What nobody but the service in question may do, whoever asks. */
const forbidden: Record<BusUser, { say: string[]; hear: string[] }> = {
  compute: {
    say: [
      `tasks.pretrain.${id}.${id}`,
      `events.${id}.erasure-request.${id}.changed`,
      `cancel.${id}.${id}`,
      '$KV.deployments.x',
      '$KV.cancelled.x',
      'dead.results.x',
      `${api}.STREAM.MSG.GET.EVENTS`,
      `${api}.DIRECT.GET.EVENTS`,
      `${api}.DIRECT.GET.EVENTS.events.${id}.run.${id}.progress`,
      `${api}.CONSUMER.CREATE.EVENTS.mine.events.>`,
      `${api}.CONSUMER.CREATE.TASKS.mine`,
      ...blobsOfAnybody,
      `${api}.CONSUMER.DURABLE.CREATE.TASKS.mine`,
      `${api}.CONSUMER.DELETE.TASKS.compute-pretrain`,
      `${api}.CONSUMER.MSG.NEXT.RESULTS.registrar`,
      `${api}.STREAM.MSG.GET.RESULTS`,
      `${api}.STREAM.MSG.GET.TASKS`,
      `${api}.STREAM.MSG.DELETE.TASKS`,
      `${api}.STREAM.LIST`,
    ],
    hear: ['events.>', `events.${id}.run.*.progress`, 'tasks.>', 'results.>', '$KV.>', '$O.>', '$JS.>', '>'],
  },
  embedding: {
    say: [
      `tasks.pretrain.${id}.${id}`,
      `results.pretrain.${id}.${id}`,
      `events.${id}.model.${id}.changed`,
      '$KV.deployments.x',
      '$KV.attempts.x',
      ...blobsOfAnybody,
      `${api}.STREAM.MSG.GET.KV_attempts`,
      `${api}.STREAM.MSG.GET.EVENTS`,
    ],
    hear: ['events.>', 'cancel.>', 'tasks.>', 'results.>', '_INBOX_gateway.>', '>'],
  },
  gateway: {
    say: [
      `tasks.pretrain.${id}.${id}`,
      `results.pretrain.${id}.${id}`,
      `events.${id}.model.${id}.changed`,
      `cancel.${id}.${id}`,
      '$KV.attempts.x',
      '$KV.cancelled.x',
      '$KV.deployments.x',
      `${api}.CONSUMER.MSG.NEXT.EVENTS.registrar-progress`,
      `${api}.CONSUMER.DELETE.EVENTS.registrar-progress`,
      `${api}.CONSUMER.CREATE.EVENTS.registrar-progress.events.*.run.*.progress`,
      `${api}.CONSUMER.MSG.NEXT.TASKS.compute-pretrain`,
      `${api}.STREAM.MSG.GET.TASKS`,
      `${api}.STREAM.MSG.DELETE.EVENTS`,
      `${api}.STREAM.MSG.DELETE.OBJ_artifacts`,
      `${api}.STREAM.PURGE.EVENTS`,
    ],
    hear: ['events.>', 'cancel.>', 'tasks.>', 'results.>', '_INBOX_registrar.>', '>'],
  },
  registrar: {
    say: [
      `events.${id}.run.${id}.progress`,
      `${api}.STREAM.DELETE.EVENTS`,
      `${api}.STREAM.PURGE.EVENTS`,
      `${api}.STREAM.MSG.DELETE.EVENTS`,
      `${api}.STREAM.MSG.GET.EVENTS`,
      `${api}.CONSUMER.MSG.NEXT.TASKS.compute-pretrain`,
      `${api}.CONSUMER.DELETE.TASKS.compute-pretrain`,
      `${api}.STREAM.CREATE.OTHER`,
      '$SYS.REQ.SERVER.PING',
    ],
    hear: ['events.>', 'tasks.>', 'results.>', '_INBOX_gateway.>', '_INBOX.>', '>'],
  },
}

describe.each(busUsers)('%s', (user) => {
  it.each(forbidden[user].say)('may not say %s', async (subject) =>
    expect(await refusesToTake(user, subject)).toBe(true),
  )
  it.each([...forbidden[user].hear, '_INBOX.>'])('may not hear %s', async (subject) =>
    expect(await refusesToTell(user, subject)).toBe(true),
  )
})

it('what is allowed is not refused: the questions above can be answered with no', async () => {
  for (const subject of [`${api}.STREAM.INFO.OBJ_artifacts`, `${api}.STREAM.MSG.GET.OBJ_artifacts`])
    expect(await refusesToTake('registrar', subject)).toBe(false)
  expect(await refusesToTake('registrar', `cancel.${id}.${id}`)).toBe(false)
  expect(await refusesToTell('compute', 'cancel.*.*')).toBe(false)
  expect(await refusesToTell('gateway', '_INBOX_gateway.x')).toBe(false)
})

it('a server without the table refuses nothing of it', async () => {
  const open = mkdtempSync(join(tmpdir(), 'lethe-bus-open-'))
  const free = await startNatsServer({ stateDir: open, users: busUsers })
  const registrar = await connectBus({ url: free.urls['registrar'] ?? '', name: 'r', user: 'registrar' })
  const compute = await connectBus({ url: free.urls['compute'] ?? '', name: 'c', user: 'compute' })
  const strict = bus
  bus = { ...strict, compute }
  const refused = await Promise.all(
    [
      `events.${id}.erasure-request.${id}.changed`,
      `${api}.STREAM.MSG.GET.EVENTS`,
      `tasks.audit.${id}.${id}`,
      ...blobsOfAnybody,
    ].map((subject) => refusesToTake('compute', subject)),
  )
  bus = strict
  expect(refused.filter(Boolean)).toEqual([])
  await Promise.all([registrar.close(), compute.close()])
  await free.stop()
  rmSync(open, { recursive: true, force: true })
})

it('each does all of its work with the rights that it has', async () => {
  const [results, progress, heard]: [RunResult[], RunProgressed[], string[]] = [[], [], []]
  const { signal } = end
  const task = newTask()
  const grantsOf = () => ['a grant'] as const
  const background = [
    consumeResults(bus.registrar, {
      signal,
      grantsOf,
      handler: (result) => Promise.resolve(void results.push(result)),
    }),
    consumeProgress(bus.registrar, {
      signal,
      grantsOf,
      handler: (told) => Promise.resolve(void progress.push(told)),
    }),
    consumeTasks(bus.compute, {
      kinds: ['ingest', 'pretrain', 'unlearn', 'audit', 'redact'],
      worker: { name: 'w', device: 'd' },
      signal,
      discardResume: () => Promise.resolve(),
      handler: async (context) => {
        await context.saveResume({ digest: 'b'.repeat(64) as Digest, size: 1 }, () => Promise.resolve())
        context.progress({ phase: 'decode', fraction: 0.5 })
        return outcome
      },
    }),
    (async () => {
      for await (const { type } of followEvents(bus.gateway, { scope: task, from: 'replay', signal })) heard.push(type)
    })(),
  ]
  await publishTask(bus.registrar, task, { msgId: task.runId, grant: 'a grant' })
  await vi.waitFor(() => expect(results.map(({ outcome: how }) => how)).toEqual(['succeeded']), 10_000)
  const changed = { version: 1 as const, aggregate: 'run', id: task.runId, at: new Date().toISOString() }
  await publishChanged(bus.registrar, { ...changed, tenantId: task.tenantId } as never, { msgId: id })
  await vi.waitFor(() => expect([progress.length, heard]).toEqual([1, ['progress', 'changed']]), 10_000)
  expect(await eraseResumePoints(bus.registrar, task.runId, () => Promise.resolve())).toBe(0)
  const neverBegun = { tenantId: task.tenantId, runId: randomUUID() as RunId, runKind: 'audit' as const }
  await requestCancel(bus.registrar, { ...neverBegun, at: new Date().toISOString() }, 'a grant')
  await vi.waitFor(() => expect(results.map(({ outcome: how }) => how)).toContain('cancelled'), 10_000)

  const deployed: string[] = []
  const watch = watchDeployments(
    bus.embedding,
    {
      onPut: ({ modelVersionId }) => deployed.push(modelVersionId),
      onRemove: (modelVersionId) => deployed.push(`no ${modelVersionId}`),
      onCurrent: () => deployed.push('current'),
    },
    signal,
  )
  await vi.waitFor(() => expect(deployed).toEqual(['current']), 10_000)
  await putDeployment(bus.registrar, {
    version: 1,
    tenantId: randomUUID() as TenantId,
    modelId: id,
    modelVersionId: id,
    weights: { digest: 'c'.repeat(64), size: 1 },
    imageSize: 8,
    grant: 'a grant',
  })
  // Two changes of one key in quick succession are one to whoever watches.
  await vi.waitFor(() => expect(deployed).toContain(id), 5000)
  expect(await regrantDeployments(bus.registrar, () => 'another')).toBe(1)
  expect(await regrantDeployments(bus.registrar, () => 'another')).toBe(0)
  await removeDeployment(bus.registrar, id)
  expect(await regrantDeployments(bus.registrar, () => 'a third')).toBe(0)
  await vi.waitFor(() => expect(deployed.at(-1)).toBe(`no ${id}`), 10_000)
  end.abort()
  await Promise.all([...background, watch])
})
