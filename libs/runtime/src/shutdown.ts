import type { Logger } from './logger.js'

export interface ShutdownStep {
  name: string
  run: () => unknown
}

export interface Shutdown {
  /** Aborts when shutting down begins, with the reason as a string. */
  signal: AbortSignal
  /** Begins the same shutdown from inside; resolves never, for the process exits. */
  begin: (reason: string, exitCode?: number) => Promise<never>
}

export interface ShutdownOptions {
  logger: Logger
  /** Bound for all steps together, milliseconds. When it passes, the process exits with code 1. */
  timeoutMs?: number
  /** The process that is told; a parameter so that tests need no real exit. */
  host?: Pick<NodeJS.Process, 'on' | 'exit'>
}

/**
 * On SIGTERM, SIGINT or the death of a parent that holds an IPC channel, runs the steps one after the other in the order
 * given, then exits. A step that throws is logged and the next one still runs. A second signal exits at once.
 */
export function onShutdown(steps: readonly ShutdownStep[], options: ShutdownOptions): Shutdown {
  const { logger, timeoutMs = 10_000, host = process } = options
  const abort = new AbortController()

  const begin = async (reason: string, exitCode = 0): Promise<never> => {
    if (abort.signal.aborted) return host.exit(130)
    abort.abort(reason)
    logger.info({ reason }, 'shutting down')
    const deadline = setTimeout(() => {
      logger.error({ timeoutMs }, 'shutdown took too long')
      host.exit(1)
    }, timeoutMs)
    for (const step of steps) await runStep(step, logger)
    clearTimeout(deadline)
    logger.info('shut down')
    return host.exit(exitCode)
  }

  for (const signal of ['SIGTERM', 'SIGINT'] as const) host.on(signal, () => void begin(signal))
  // A parent's death is not impatience: it starts a shutdown, but never cuts one short.
  host.on('disconnect', () => void (abort.signal.aborted || begin('the parent process is gone')))
  return { signal: abort.signal, begin }
}

async function runStep(step: ShutdownStep, logger: Logger): Promise<void> {
  try {
    await step.run()
  } catch (error) {
    logger.error({ err: error, step: step.name }, 'shutdown step failed')
  }
}
