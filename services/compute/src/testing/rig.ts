import { openArtifactStore, type ArtifactStore } from '@lethe/artifacts'
import {
  busPermissions,
  busUsers,
  connectBus,
  consumeResults,
  followEvents,
  publishTask,
  requestCancel,
  type Bus,
  type RunProgressed,
  type RunResult,
  type Task,
} from '@lethe/bus'
import type { Digest, RunId, TenantId } from '@lethe/domain'
import { startNatsServer } from '@lethe/stack'
import { spawn, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startBlobService } from '../../../../test/kit/blob-service.js'
import { bundleProcess } from '../../../../test/kit/bundle-process.js'

export interface WorkerProcess {
  readonly process: ChildProcess
  readonly lines: Record<string, unknown>[]
  /** Resolves with the exit code. */
  kill(signal: NodeJS.Signals): Promise<number | null>
}

export interface ComputeRig {
  readonly bus: Bus
  readonly artifacts: ArtifactStore
  readonly tenantId: TenantId
  readonly results: RunResult[]
  readonly progress: RunProgressed[]
  spawnWorker(env?: Record<string, string>, args?: string[]): WorkerProcess
  submit(task: Task): Promise<unknown>
  cancel(task: Task): Promise<void>
  stop(): Promise<void>
}

/** A real server, a real store, and workers as processes. */
export async function startComputeRig(): Promise<ComputeRig> {
  const stateDir = mkdtempSync(join(tmpdir(), 'lethe-compute-test-'))
  const [server, bundle] = await Promise.all([
    startNatsServer({ stateDir, users: [...busUsers, 'test'], permissions: busPermissions }),
    bundleCompute(),
  ])
  const bus = await connectBus({ url: server.urls['test'] ?? '', name: 'test', user: 'registrar' })
  const artifacts = await openArtifactStore('nats', bus.nc)
  const blobs = await startBlobService(artifacts)
  const tenantId = randomUUID() as TenantId
  const end = new AbortController()
  const [results, progress]: [RunResult[], RunProgressed[]] = [[], []]
  const recording = consumeResults(bus, {
    grantsOf: blobs.grantsOf,
    signal: end.signal,
    handler: (result) => {
      blobs.end(result.runId)
      results.push(result)
      return Promise.resolve()
    },
  })
  const following = (async () => {
    for await (const told of followEvents(bus, { scope: { tenantId }, from: 'replay', signal: end.signal }))
      if (told.type === 'progress') progress.push(told.event)
  })()
  const workers: WorkerProcess[] = []
  return {
    bus,
    artifacts,
    tenantId,
    results,
    progress,
    spawnWorker(env = {}, args = []) {
      const child = spawn(process.execPath, [bundle.file('main'), ...args], {
        env: {
          PATH: '/usr/bin:/bin',
          NATS_URL: server.urls['compute'] ?? '',
          BLOBS_URL: blobs.url,
          LETHE_BACKEND: 'wasm',
          CHECKPOINT_SECONDS: '0',
          LETHE_VIEW_THREADS: '0',
          ...env,
        },
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const worker = trackWorker(child)
      workers.push(worker)
      return worker
    },
    submit: (task) => {
      const { tenantId, runId } = task
      return publishTask(bus, task, { msgId: runId, grant: blobs.grant({ kind: 'run', tenantId, id: runId }, task) })
    },
    cancel: (task) => {
      const asked = { ...task, runKind: task.kind, at: new Date().toISOString() }
      return requestCancel(bus, asked, blobs.grantsOf(task)[0])
    },
    async stop() {
      await Promise.all(workers.map((worker) => worker.kill('SIGKILL')))
      end.abort()
      await Promise.all([recording, following])
      await blobs.close()
      await bus.close()
      await server.stop()
      bundle.remove()
      rmSync(stateDir, { recursive: true, force: true })
    },
  }
}

const bundleCompute = () => bundleProcess('services/compute', { main: 'services/compute/src/main.ts' })

function trackWorker(child: ChildProcess): WorkerProcess {
  const lines: Record<string, unknown>[] = []
  let rest = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    const parts = (rest + chunk.toString()).split('\n')
    rest = parts.pop() ?? ''
    for (const part of parts) lines.push(JSON.parse(part) as Record<string, unknown>)
  })
  const exited = once(child, 'exit') as Promise<[number | null]>
  return {
    process: child,
    lines,
    async kill(signal) {
      child.kill(signal)
      const [code] = await exited
      return code
    },
  }
}

export const newRunId = (): RunId => randomUUID() as RunId

export const absent = { digest: '0'.repeat(64) as Digest, size: 1 }
