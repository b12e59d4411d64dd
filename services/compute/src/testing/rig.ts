import { openArtifactStore, type ArtifactStore } from '@lethe/artifacts'
import {
  connectBus,
  consumeResults,
  followEvents,
  publishTask,
  type Bus,
  type RunProgressed,
  type RunResult,
  type Task,
} from '@lethe/bus'
import { writePack } from '@lethe/datasets'
import {
  forgetSetBytes,
  randomStream,
  type ContentId,
  type Digest,
  type RunId,
  type TenantId,
  type TrainingRecipe,
} from '@lethe/domain'
import { startNatsServer } from '@lethe/stack'
import { spawn, type ChildProcess } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildService, type BuiltService } from './build-service.js'

export interface WorkerProcess {
  readonly process: ChildProcess
  readonly lines: Record<string, unknown>[]
  /** Resolves with the exit code. */
  kill(signal: NodeJS.Signals): Promise<number | null>
}

export interface ComputeRig {
  readonly bus: Bus
  readonly artifacts: ArtifactStore
  readonly service: BuiltService
  readonly tenantId: TenantId
  readonly results: RunResult[]
  readonly progress: RunProgressed[]
  spawnWorker(env?: Record<string, string>, args?: string[]): WorkerProcess
  submit(task: Task): Promise<unknown>
  stop(): Promise<void>
}

/** A real server, a real store, and workers as processes. */
export async function startComputeRig(): Promise<ComputeRig> {
  const stateDir = mkdtempSync(join(tmpdir(), 'lethe-compute-test-'))
  const [server, service] = await Promise.all([startNatsServer({ stateDir }), buildService()])
  const bus = await connectBus({ url: server.url, name: 'test' })
  const artifacts = await openArtifactStore('nats', bus.nc)
  const tenantId = randomUUID() as TenantId
  const end = new AbortController()
  const [results, progress]: [RunResult[], RunProgressed[]] = [[], []]
  const recording = consumeResults(bus, {
    signal: end.signal,
    handler: (result) => Promise.resolve(void results.push(result)),
  })
  const following = (async () => {
    for await (const told of followEvents(bus, { scope: { tenantId }, from: 'replay', signal: end.signal }))
      if (told.type === 'progress') progress.push(told.event)
  })()
  const workers: WorkerProcess[] = []
  return {
    bus,
    artifacts,
    service,
    tenantId,
    results,
    progress,
    spawnWorker(env = {}, args = []) {
      const child = spawn(process.execPath, [service.main, ...args], {
        env: { PATH: '/usr/bin:/bin', NATS_URL: server.url, LETHE_BACKEND: 'wasm', CHECKPOINT_SECONDS: '0', ...env },
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const worker = trackWorker(child)
      workers.push(worker)
      return worker
    },
    submit: (task) => publishTask(bus, task, { msgId: task.runId }),
    async stop() {
      await Promise.all(workers.map((worker) => worker.kill('SIGKILL')))
      end.abort()
      await Promise.all([recording, following])
      await bus.close()
      await server.stop()
      service.remove()
      rmSync(stateDir, { recursive: true, force: true })
    },
  }
}

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

export const contentIdOf = (index: number): ContentId =>
  createHash('sha256').update(`sample ${index}`).digest('hex') as ContentId

/** 48 pictures of 8 × 8: stripes with noise, in two groups; the last 16 held out. */
export function tinyPack(count = 48, heldOut = 16): Uint8Array {
  const size = 8
  const random = randomStream(1)
  const data = Uint8Array.from({ length: count * size * size * 3 }, (_, at) => {
    const sample = Math.floor(at / (size * size * 3))
    const column = Math.floor(at / 3) % size
    return (column + sample) % 4 < 2 ? 40 + random() * 60 : 160 + random() * 60
  })
  const samples = Array.from({ length: count }, (_, index) => ({
    contentId: contentIdOf(index),
    label: `picture ${index}`,
    group: index % 2 === 0 ? 'even' : 'odd',
    split: index < count - heldOut ? ('train' as const) : ('held-out' as const),
  }))
  return writePack({ images: { data, count, height: size, width: size, channels: 3 }, samples })
}

export const tinyRecipe = (epochs: number): TrainingRecipe => ({
  framework: 'simclr',
  encoder: { kind: 'compact-conv', widths: [4, 8], projection: { hidden: 8, output: 4 } },
  views: { strength: 0.5, flip: true, blur: 0 },
  temperature: 0.5,
  epochs,
  batchSize: 16,
  optimizer: { learningRate: 0.05, momentum: 0.9, weightDecay: 5e-4, warmupEpochs: 0 },
  seed: 3,
})

export const newRunId = (): RunId => randomUUID() as RunId

export const forgetBytes = (indices: readonly number[]): Uint8Array => forgetSetBytes(indices.map(contentIdOf))

export const absent = { digest: '0'.repeat(64) as Digest, size: 1 }
