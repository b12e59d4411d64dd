import { httpStore, type WorkerStore } from '@lethe/artifacts'
import { consumeTasks, type Bus, type GrantedTask, type TaskNote } from '@lethe/bus'
import { isDomainError, type Digest, type RunKind } from '@lethe/domain'
import type { Logger } from '@lethe/runtime'
import { provenanceOf, type EngineThread } from '@lethe/engine'
import { runTask } from './run-task.js'

export interface WorkerOptions {
  readonly bus: Bus
  readonly engine: EngineThread
  readonly blobsUrl: string
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
  const { blobsUrl: url, signal } = options
  const runner = {
    engine,
    logger,
    checkpointMs: options.checkpointMs,
    evaluations: options.evaluations,
    provenance: () => provenanceOf(engine.device, options.codeVersion),
  }
  await consumeTasks(bus, {
    kinds: options.kinds,
    worker: { name: options.name, device: engine.device.device.slice(0, 128) },
    handler: (context) =>
      runTask({ ...runner, artifacts: httpStore({ url, grant: context.grant, signal: context.signal }) }, context),
    discardResume: ({ task, grant }, { digest }) => discard(httpStore({ url, grant, signal }), task, digest, logger),
    signal,
    note: (note) => logNote(logger, note),
    ...(options.once ? { once: options.once } : {}),
  })
}

/** Bytes that somebody else has, too, are not the run's to delete: there is nothing left to do about them. */
async function discard(
  artifacts: WorkerStore,
  { tenantId, runId }: GrantedTask['task'],
  digest: Digest,
  logger: Logger,
): Promise<void> {
  try {
    await artifacts.delete(tenantId, digest)
  } catch (error) {
    if (!isDomainError(error) || error.code !== 'BLOB_NOT_GRANTED') throw error
    logger.warn({ runId, code: error.code }, 'resume point belongs to others, too; left where it is')
  }
}

function logNote(logger: Logger, { event, error, ...ids }: TaskNote): void {
  const isAccident = event === 'retry' || event === 'exhausted' || event === 'bus-interrupted' || event === 'malformed'
  if (isAccident) logger.warn({ ...ids, event, err: error }, 'task disturbed')
  else logger.info({ ...ids, event }, 'task')
}
