import { openArtifactStore } from '@lethe/artifacts'
import { consumeTasks, type Bus, type TaskNote } from '@lethe/bus'
import type { RunKind } from '@lethe/domain'
import type { Logger } from '@lethe/runtime'
import { provenanceOf, type EngineThread } from '@lethe/engine'
import { runTask } from './run-task.js'

export interface WorkerOptions {
  readonly bus: Bus
  readonly engine: EngineThread
  readonly artifacts: string
  readonly name: string
  readonly kinds: readonly RunKind[]
  readonly codeVersion: string
  readonly checkpointMs: number
  readonly evaluations: number
  readonly logger: Logger
  readonly signal: AbortSignal
  /** Take one task, or none that comes within so long, and end. */
  readonly once?: { readonly waitMs: number } | undefined
}

/** Takes tasks until the signal aborts; resolves when the last one has settled. */
export async function startWorker(options: WorkerOptions): Promise<void> {
  const { bus, engine, logger } = options
  const artifacts = await openArtifactStore(options.artifacts, bus.nc, { isMadeElsewhere: true })
  const runner = {
    artifacts,
    engine,
    logger,
    checkpointMs: options.checkpointMs,
    evaluations: options.evaluations,
    provenance: () => provenanceOf(engine.device, options.codeVersion),
  }
  await consumeTasks(bus, {
    kinds: options.kinds,
    worker: { name: options.name, device: engine.device.device.slice(0, 128) },
    handler: (context) => runTask(runner, context),
    discardResume: async (tenantId, { digest }) => void (await artifacts.delete(tenantId, digest)),
    signal: options.signal,
    note: (note) => logNote(logger, note),
    ...(options.once ? { once: options.once } : {}),
  })
}

function logNote(logger: Logger, { event, error, ...ids }: TaskNote): void {
  const isAccident = event === 'retry' || event === 'exhausted' || event === 'bus-interrupted' || event === 'malformed'
  if (isAccident) logger.warn({ ...ids, event, err: error }, 'task disturbed')
  else logger.info({ ...ids, event }, 'task')
}
