import { connectBus, isBusReachable } from '@lethe/bus'
import { isDomainError } from '@lethe/domain'
import { createLogger, onShutdown, serveHealth, type ShutdownStep } from '@lethe/runtime'
import { EngineThread } from '@lethe/engine'
import { readComputeEnv } from './env.js'
import { startWorker } from './start-worker.js'

/** A job that Kubernetes started for one task gives up when that task went to another. */
const onceWaitMs = 60_000

const env = readComputeEnv()
const logger = createLogger('compute', env.LOG_LEVEL).child({ worker: env.WORKER_NAME })
// Steps run in this order: the running task is handed back while everything it needs is still there.
const steps: ShutdownStep[] = []
const shutdown = onShutdown(steps, { logger, timeoutMs: 25_000 })

try {
  const engine = await EngineThread.start({
    backend: env.LETHE_BACKEND,
    tfjsNodeDir: env.LETHE_TFJS_NODE_DIR,
    viewThreads: env.LETHE_VIEW_THREADS,
  })
  const bus = await connectBus({ url: env.NATS_URL, name: `compute ${env.WORKER_NAME}`, user: 'compute' })
  const health = await serveHealth({
    host: env.HEALTH_HOST,
    port: env.HEALTH_PORT,
    ready: async () => !shutdown.signal.aborted && (await isBusReachable(bus)),
  })
  const working = startWorker({
    bus,
    engine,
    blobsUrl: env.BLOBS_URL,
    name: env.WORKER_NAME,
    kinds: env.KINDS,
    codeVersion: env.LETHE_CODE_VERSION,
    evaluations: env.EVALUATIONS,
    checkpointMs: env.CHECKPOINT_SECONDS * 1000,
    logger,
    signal: shutdown.signal,
    once: process.argv.includes('--once') ? { waitMs: onceWaitMs } : undefined,
  })
  steps.push(
    { name: 'hand the task back', run: () => working },
    { name: 'stop the engine', run: () => engine.close() },
    { name: 'close health', run: () => health.close() },
    { name: 'close the bus', run: () => bus.close() },
  )
  const { backend, backendVersion, device, reason } = engine.device
  logger.info({ backend, backendVersion, device, reason, healthPort: health.port, kinds: env.KINDS }, 'ready')
  void bus.nc.closed().then(() => shutdown.signal.aborted || shutdown.begin('the bus connection is closed', 1))
  await working
  if (!shutdown.signal.aborted) await shutdown.begin('no more to do')
} catch (error) {
  if (isDomainError(error)) logger.fatal({ code: error.code, field: error.field }, error.message)
  else logger.fatal({ err: error }, 'compute failed')
  await shutdown.begin('failed', 1)
}
