import { pino, type DestinationStream, type LogFn, type Logger as PinoLogger, type LoggerOptions } from 'pino'
import { messageOf, showError, withoutValues } from './show-error.js'

export type Logger = PinoLogger
export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'

const secretFields = [
  'password',
  'secret',
  'token',
  'accessToken',
  'refreshToken',
  'apiKey',
  'privateKey',
  'authorization',
  'cookie',
  'set-cookie',
  'embedding',
  'embeddings',
  'pixels',
  'forgetIds',
]
const secretPaths = secretFields.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`])

/** The password in `scheme://user:password@host`, wherever a driver's message carries it. */
const urlPassword = /([a-z][a-z0-9+.-]*:\/\/[^\s:/@"]*:)[^\s@/"]+@/gi

/** Drivers' sentences are logged as reasons, too. */
const reasonWithoutValues = (reason: unknown): unknown =>
  typeof reason === 'string' ? withoutValues(reason) : showError(reason)

/** Where no message is given, pino would take the error's own. */
function withMessageOfOurs(this: Logger, given: Parameters<LogFn>, method: LogFn): void {
  const [first, said, ...others] = given as [unknown, unknown?, ...unknown[]]
  const error = first instanceof Error ? first : (first as { err?: unknown } | null)?.err
  const message = said === undefined && error instanceof Error ? messageOf(error) : said
  const told = [first, message, ...others].map((part) => (typeof part === 'string' ? withoutValues(part) : part))
  method.apply(this, (message === undefined ? told.slice(0, 1) : told) as typeof given)
}

/**
 * JSON lines on stdout. Secrets, samples, embeddings and forget-set ids never reach them, at most three levels deep, nor do
 * values of rows that a database's error repeats.
 */
export function createLogger(service: string, level: LogLevel = 'info', destination?: DestinationStream): Logger {
  const options: LoggerOptions = {
    base: { service },
    level,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: showError, error: showError, reason: reasonWithoutValues },
    redact: { paths: secretPaths, censor: '[redacted]' },
    hooks: { logMethod: withMessageOfOurs, streamWrite: (line: string) => line.replace(urlPassword, '$1[redacted]@') },
  }
  return destination ? pino(options, destination) : pino(options)
}
