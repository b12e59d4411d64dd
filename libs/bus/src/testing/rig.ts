import { type Digest, type RunId, type RunKind, type TenantId } from '@lethe/domain'
import { startNatsServer, stopOrphanedNats, type NatsServer } from '@lethe/stack'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectBus, type Bus } from '../bus.js'
import { consumeResults } from '../consume-results.js'
import { consumeTasks, type ConsumeTasksOptions, type TaskNote, type TaskOutcome } from '../consume-tasks.js'
import type { BlobRef } from '../contracts/blobs.js'
import type { RunResult } from '../contracts/results.js'
import type { Task } from '../contracts/tasks.js'

/** A real server with workers whose patience is counted in tenths of seconds. */
export interface Rig {
  readonly server: NatsServer
  readonly stateDir: string
  readonly bus: Bus
  readonly results: RunResult[]
  /** Resume blobs that workers were told to delete. */
  readonly discarded: BlobRef[]
  /** Another connection with a worker on it. */
  startWorker(handler: ConsumeTasksOptions['handler'], options?: Partial<ConsumeTasksOptions>): Promise<RigWorker>
  connect(name: string): Promise<Bus>
  stop(): Promise<void>
}

export interface RigWorker {
  readonly bus: Bus
  readonly notes: TaskNote[]
  readonly done: Promise<void>
  stop(): Promise<void>
}

export async function startRig(): Promise<Rig> {
  const stateDir = mkdtempSync(join(tmpdir(), 'lethe-bus-test-'))
  const server = await startNatsServer({ stateDir })
  const end = new AbortController()
  const opened: Bus[] = []
  const connect = async (name: string): Promise<Bus> => {
    const bus = await connectBus({ url: server.url, name, user: 'registrar', ackWaitMs: 1000 })
    opened.push(bus)
    return bus
  }
  const bus = await connect('test')
  const results: RunResult[] = []
  const discarded: BlobRef[] = []
  const recording = consumeResults(bus, {
    grantsOf: () => [grant],
    signal: end.signal,
    handler: (result) => Promise.resolve(void results.push(result)),
  })
  return {
    server,
    stateDir,
    bus,
    results,
    discarded,
    connect,
    async startWorker(handler, options = {}) {
      const notes: TaskNote[] = []
      const controller = new AbortController()
      const own = await connect('worker')
      const done = consumeTasks(own, {
        kinds: ['ingest', 'pretrain'],
        worker: { name: 'worker', device: 'test' },
        handler,
        signal: AbortSignal.any([controller.signal, end.signal]),
        discardResume: (_, resume) => Promise.resolve(void discarded.push(resume)),
        heartbeatMs: 200,
        retry: { maxAttempts: 3, delaysMs: [50] },
        note: (note) => notes.push(note),
        ...options,
      })
      return {
        bus: own,
        notes,
        done,
        stop: () => {
          controller.abort()
          return done
        },
      }
    },
    async stop() {
      end.abort()
      await recording
      await Promise.all(opened.map((one) => one.nc.close()))
      await server.stop()
      // A test may have killed that server and started another on the same store.
      await stopOrphanedNats(stateDir)
      rmSync(stateDir, { recursive: true, force: true })
    },
  }
}

const digest = 'a'.repeat(64) as Digest

/** The bus hands it on and never looks into it. */
export const grant = 'run.of-somebody'

export const newTask = (kind: RunKind & 'ingest' = 'ingest'): Task & { kind: 'ingest' } => ({
  version: 1,
  kind,
  tenantId: randomUUID() as TenantId,
  runId: randomUUID() as RunId,
  upload: { digest, size: 1 },
  imageSize: 32,
})

export const outcome: TaskOutcome = {
  output: {
    kind: 'ingest',
    pack: { digest, size: 1 },
    samples: { digest, size: 1 },
    sampleCount: 0,
    exactDuplicates: 0,
    nearDuplicates: 0,
    quarantined: [],
    quarantinedCount: 0,
  },
  cost: { wallSeconds: 0, cpuSeconds: 0, peakMemoryBytes: 0, device: 'test' },
}

/** Rejects when the signal aborts; nothing else ends it. */
export const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const stop = (): void => reject(signal.reason as Error)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop)
  })
