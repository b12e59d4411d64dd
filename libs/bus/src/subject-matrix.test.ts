import { RunKind } from '@lethe/domain'
import { type NatsServer, startNatsServer } from '@lethe/stack'
import { jetstreamManager } from '@nats-io/jetstream'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AuthorizationError, connect, type NatsConnection, PermissionViolationError } from 'nats'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Bus, connectBus } from './bus.js'
import { connectionOptions } from './connection-options.js'
import { busPermissions, busUsers, type BusUser, inboxPrefixOf } from './permissions.js'
import * as subjects from './subjects.js'

/** Who may say something, and who may hear it as it is said; readers of a stream have a row below. */
interface SubjectRow {
  readonly subject: string
  readonly say: readonly BusUser[]
  readonly hear: readonly BusUser[]
}

const [tenant, id] = [randomUUID(), randomUUID()]

/** At least one row for each function of subjects.ts that spells a subject. */
const subjectRows: Readonly<Record<string, readonly SubjectRow[]>> = {
  taskSubject: RunKind.options.map((kind) => ({
    subject: subjects.taskSubject(kind, tenant, id),
    say: ['registrar'],
    hear: [],
  })),
  resultSubject: RunKind.options.map((kind) => ({
    subject: subjects.resultSubject(kind, tenant, id),
    say: ['registrar', 'compute'],
    hear: [],
  })),
  progressSubject: [{ subject: subjects.progressSubject(tenant, id), say: ['compute'], hear: [] }],
  changedSubject: [{ subject: subjects.changedSubject(tenant, 'dataset', id), say: ['registrar'], hear: [] }],
  cancelSubject: [{ subject: subjects.cancelSubject(tenant, id), say: ['registrar'], hear: ['compute'] }],
  deadSubject: [
    { subject: subjects.deadSubject(`tasks.audit.${tenant}.${id}`), say: ['compute'], hear: [] },
    { subject: subjects.deadSubject(`results.audit.${tenant}.${id}`), say: ['registrar'], hear: [] },
    { subject: subjects.deadSubject(`events.${tenant}.run.${id}.progress`), say: ['registrar'], hear: [] },
  ],
}

/** What may be asked of a stream, and who may; what nobody is named for is nobody's. */
interface StreamRow {
  readonly read: readonly BusUser[]
  readonly follow: readonly BusUser[]
  readonly remove: readonly BusUser[]
  readonly purge: readonly BusUser[]
}
const nobody: StreamRow = { read: [], follow: [], remove: [], purge: [] }

/** One row for each stream, key-value bucket and object store that a started platform has. */
const streamRows: Readonly<Record<string, StreamRow>> = {
  // Takers of tasks share consumers that the registrar makes; nobody chooses which tasks to see.
  TASKS: { ...nobody, read: ['registrar'], remove: ['registrar'] },
  RESULTS: nobody,
  EVENTS: { ...nobody, follow: ['gateway'] },
  DEAD: nobody,
  KV_attempts: { ...nobody, read: ['registrar', 'compute'] },
  KV_cancelled: { ...nobody, read: ['registrar', 'compute'] },
  KV_deployments: { ...nobody, read: ['registrar', 'embedding'], follow: ['embedding'] },
  OBJ_artifacts: { read: ['registrar', 'gateway'], follow: [], remove: ['registrar'], purge: ['registrar', 'gateway'] },
}
const questions: Readonly<Record<keyof StreamRow, (name: string) => string>> = {
  read: (name) => `$JS.API.STREAM.MSG.GET.${name}`,
  follow: (name) => `$JS.API.CONSUMER.CREATE.${name}.mine`,
  remove: (name) => `$JS.API.STREAM.MSG.DELETE.${name}`,
  purge: (name) => `$JS.API.STREAM.PURGE.${name}`,
}

const blobs = { name: 'OBJ_artifacts', subjects: ['$O.artifacts.>'], allow_direct: true }

let server: NatsServer
let stateDir: string
let connections: Readonly<Record<BusUser, NatsConnection>>
/** Of this test alone, with every right. */
let onlooker: NatsConnection
const opened: Bus[] = []

beforeAll(async () => {
  stateDir = mkdtempSync(join(tmpdir(), 'lethe-subject-matrix-'))
  server = await startNatsServer({ stateDir, users: [...busUsers, 'onlooker'], permissions: busPermissions })
  const made = await Promise.all(
    busUsers.map(async (user) => {
      const bus = await connectBus({ url: server.urls[user] ?? '', name: user, user })
      opened.push(bus)
      // As libs/artifacts has it made, which may not be known here.
      if (user === 'registrar') await bus.js.jetstreamManager().then(({ streams }) => streams.add(blobs))
      return [user, bus.nc] as const
    }),
  )
  connections = Object.fromEntries(made) as Record<BusUser, NatsConnection>
  onlooker = await connect(connectionOptions(server.urls['onlooker'] ?? ''))
})
afterAll(async () => {
  await Promise.all([onlooker.close(), ...opened.map((bus) => bus.close())])
  await server.stop()
  rmSync(stateDir, { recursive: true, force: true })
})

const isRefusal = (error: unknown): boolean =>
  error instanceof PermissionViolationError || (error as Error).cause instanceof PermissionViolationError

/** Whether the server takes a message of theirs. What it answers, if anything, is no matter. */
const maySay = (user: BusUser, subject: string): Promise<boolean> =>
  connections[user].request(subject, '{}', { timeout: 2000 }).then(
    () => true,
    (error: unknown) => !isRefusal(error),
  )

async function mayHear(user: BusUser, subject: string): Promise<boolean> {
  const subscription = connections[user].subscribe(subject, { callback: () => undefined })
  const refused = subscription.closed.then((error) => error instanceof PermissionViolationError)
  await connections[user].flush()
  subscription.unsubscribe()
  return !(await refused)
}

const whoOf = async (may: (user: BusUser) => Promise<boolean>): Promise<BusUser[]> => {
  const answers = await Promise.all(busUsers.map(may))
  return busUsers.filter((_, index) => answers[index])
}

describe('the matrix of the bus', () => {
  it('has a row for every subject that is spelled', () => {
    const spelled = Object.keys(subjects).filter((name) => name.endsWith('Subject'))
    expect(Object.keys(subjectRows).sort()).toEqual(spelled.sort())
  })

  it('has a row for every stream and bucket that a platform has', async () => {
    const names: string[] = []
    for await (const { config } of (await jetstreamManager(onlooker)).streams.list()) names.push(config.name)
    expect(Object.keys(streamRows).sort()).toEqual(names.sort())
  })

  it('lets nobody in without a name and a password', async () => {
    const anonymous = new URL(server.urls['gateway'] ?? '')
    ;[anonymous.username, anonymous.password] = ['', '']
    await expect(connect(connectionOptions(anonymous.href))).rejects.toBeInstanceOf(AuthorizationError)
  })
})

describe.each(Object.values(subjectRows).flat())('$subject', ({ subject, say, hear }) => {
  it('is said and heard by those whom its row names, and by no other service', async () => {
    expect(await whoOf((user) => maySay(user, subject))).toEqual(busUsers.filter((user) => say.includes(user)))
    expect(await whoOf((user) => mayHear(user, subject))).toEqual(busUsers.filter((user) => hear.includes(user)))
  })
})

describe.each(Object.entries(streamRows))('the stream %s', (name, row) => {
  it.each(Object.keys(questions) as (keyof StreamRow)[])(
    'grants to %s to those whom its row names, and to no other service',
    async (question) => {
      const granted = await whoOf((user) => maySay(user, questions[question](name)))
      expect(granted).toEqual(busUsers.filter((user) => row[question].includes(user)))
    },
  )
})

it('an answer to one service is heard by no other', async () => {
  for (const user of busUsers)
    expect(await whoOf((other) => mayHear(other, `${inboxPrefixOf(user)}.x`))).toEqual([user])
})
