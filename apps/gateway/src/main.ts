import { createLogger, onShutdown } from '@lethe/runtime'
import { readGatewayEnv } from './env.js'
import { openGateway } from './open-gateway.js'

const env = readGatewayEnv()
const logger = createLogger('gateway', env.LOG_LEVEL)

const gateway = await openGateway(env, logger, () => new Date())
onShutdown([{ name: 'gateway', run: () => gateway.close() }], { logger })
const address = await gateway.app.listen({ host: env.HOST, port: env.PORT })
logger.info({ address }, 'listening')
