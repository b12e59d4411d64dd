export { parseEnv, readEnv, type EnvProblem } from './env.js'
export { createLogger, type Logger, type LogLevel } from './logger.js'
export { onShutdown, type Shutdown, type ShutdownStep } from './shutdown.js'
export { serveHealth, type Health } from './health.js'
