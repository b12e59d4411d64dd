import { readKitEnv } from './env.js'
import { main, type KitSurroundings } from './main.js'

export { main, type KitSurroundings } from './main.js'

/** The kit on this process's terminal. The first Ctrl-C stops after keeping what was answered. @returns the exit code. */
export async function auditOnTerminal(argv: readonly string[]): Promise<number> {
  const abort = new AbortController()
  const stop = () => (abort.signal.aborted ? process.exit(130) : abort.abort(new Error('interrupted')))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop)
  // Whoever reads may stop reading, such as head(1).
  process.stdout.on('error', () => process.exit())
  const around: KitSurroundings = {
    screen: {
      out: (text) => void process.stdout.write(text),
      err: (text) => void process.stderr.write(text),
      isTerminal: process.stderr.isTTY,
    },
    signal: abort.signal,
    now: () => performance.now(),
    clock: () => new Date(),
    firstPauseMs: 1000,
    ...readKitEnv(),
  }
  try {
    return await main(argv, around)
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, stop)
  }
}
