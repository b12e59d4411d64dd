import { connectBus, isBusReachable } from '@lethe/bus'
import { openDevice } from '@lethe/device'
import { isDomainError } from '@lethe/domain'
import { createLogger, onShutdown, type ShutdownStep } from '@lethe/runtime'
import { readFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { readEmbeddingEnv } from './env.js'
import { createIntrospection } from './http/introspect-token.js'
import { serveEmbeddings } from './http/serve-embeddings.js'
import { tokenVerifier } from './http/verify-token.js'
import { DeployedModels } from './models/deployed-models.js'

const env = readEmbeddingEnv()
const logger = createLogger('embedding', env.LOG_LEVEL)
// Steps run in this order: no new requests, then what they used.
const steps: ShutdownStep[] = []
const shutdown = onShutdown(steps, { logger })

try {
  const device = await openDevice({ backend: env.LETHE_BACKEND, tfjsNodeDir: env.LETHE_TFJS_NODE_DIR })
  const bus = await connectBus({ url: env.NATS_URL, name: 'embedding', user: 'embedding' })
  const models = new DeployedModels({
    bus,
    blobsUrl: env.BLOBS_URL,
    logger,
    warm: env.WARM_MODELS,
    signal: shutdown.signal,
  })
  const following = models.follow()
  const app = await serveEmbeddings({
    models,
    logger,
    verify: tokenVerifier({
      jwksUrl: env.JWKS_URL,
      issuer: env.JWT_ISSUER,
      audience: env.JWT_AUDIENCE,
      introspect: createIntrospection({
        url: env.INTROSPECTION_URL,
        privateKeyPem: await readFile(env.SERVICE_KEY_FILE, 'utf8'),
      }),
    }),
    requestsPerMinute: env.RATE_LIMIT_PER_MINUTE,
    isReady: async () => !shutdown.signal.aborted && models.isCurrent && (await isBusReachable(bus)),
  })
  steps.push(
    { name: 'close the server', run: () => app.close() },
    { name: 'stop following deployments', run: () => following },
    { name: 'let go of models', run: () => models.close() },
    { name: 'close the bus', run: () => bus.close() },
  )
  await app.listen({ host: env.HOST, port: env.PORT })
  const { port } = app.server.address() as AddressInfo
  logger.info({ port, backend: device.backend, backendVersion: device.backendVersion, reason: device.reason }, 'ready')
  void bus.nc.closed().then(() => shutdown.signal.aborted || shutdown.begin('the bus connection is closed', 1))
  await following
  if (!shutdown.signal.aborted) await shutdown.begin('deployments cannot be followed', 1)
} catch (error) {
  if (isDomainError(error)) logger.fatal({ code: error.code, field: error.field }, error.message)
  else logger.fatal({ err: error }, 'embedding failed')
  await shutdown.begin('failed', 1)
}
