import { grantSealer, openArtifactStore } from '@lethe/artifacts'
import { connectBus } from '@lethe/bus'
import { openDatabase } from '@lethe/db'
import { isDomainError } from '@lethe/domain'
import { openMailer } from '@lethe/mail'
import { createLogger, onShutdown, serveHealth } from '@lethe/runtime'
import { startBlobService } from './blobs/start-blob-service.js'
import { readRegistrarEnv } from './env.js'
import { loadLogKeys } from './ledger/load-log-keys.js'
import { loadModelSigner } from './results/load-model-signer.js'
import { startRegistrar } from './registrar.js'

const env = readRegistrarEnv()
const logger = createLogger('registrar', env.LOG_LEVEL)

async function run(): Promise<void> {
  const logKeys = loadLogKeys({
    file: env.LOG_SIGNING_KEY_FILE,
    logHost: env.LOG_HOST,
    previous: env.LOG_PREVIOUS_PUBLIC_KEYS,
  })
  const modelSigner = loadModelSigner(env.MODEL_SIGNING_KEY_FILE)
  const db = await openDatabase({
    url: env.DATABASE_URL,
    role: 'registrar',
    onConnectionError: (error) => logger.warn({ err: error }, 'a database connection broke'),
  })
  const bus = await connectBus({ url: env.NATS_URL, name: 'registrar', user: 'registrar' })
  const artifacts = await openArtifactStore(env.ARTIFACTS, bus.nc)
  const mailer = openMailer({ url: env.MAIL_URL, from: env.MAIL_FROM })
  const context = {
    db,
    bus,
    artifacts,
    grants: grantSealer(env.BLOB_GRANT_SECRET),
    modelSigner,
    logger,
    now: () => new Date(),
  }
  const blobs = await startBlobService(context, {
    host: env.BLOBS_HOST,
    port: env.BLOBS_PORT,
    maxBytes: env.BLOB_MAX_MIB * 2 ** 20,
  })
  const registrar = startRegistrar({
    ...context,
    databaseUrl: env.DIRECT_DATABASE_URL ?? env.DATABASE_URL,
    ...logKeys,
    checkpointDir: env.CHECKPOINT_DIR,
    sweepIntervalMs: env.SWEEP_INTERVAL_MS,
    keep: {
      noticeDays: env.NOTICE_KEEP_DAYS,
      deliveryDays: env.DELIVERY_KEEP_DAYS,
      idempotencyDays: env.IDEMPOTENCY_KEEP_DAYS,
      signInDays: env.SIGN_IN_KEEP_DAYS,
    },
    webhooks: { targets: env.WEBHOOK_TARGETS, timeoutMs: env.WEBHOOK_TIMEOUT_MS },
    mailer,
    portalUrl: env.PORTAL_URL,
  })
  const ready = async () => {
    await db.pool.query('SELECT 1')
    return !bus.nc.isClosed() && (await bus.nc.rtt()) >= 0
  }
  const health = await serveHealth({ host: env.HEALTH_HOST, port: env.HEALTH_PORT, ready })
  onShutdown(
    [
      { name: 'health', run: () => health.close() },
      { name: 'blobs', run: () => blobs.close() },
      { name: 'registrar', run: () => registrar.stop() },
      { name: 'mail', run: () => mailer.close() },
      { name: 'bus', run: () => bus.close() },
      { name: 'database', run: () => db.close() },
    ],
    { logger },
  )
  logger.info({ port: health.port, blobsPort: blobs.port }, 'registrar ready')
}

try {
  await run()
} catch (error) {
  logger.fatal(isDomainError(error) ? { code: error.code, reason: error.message } : { err: error }, 'cannot start')
  process.exit(1)
}
