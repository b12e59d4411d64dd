import { startPlatform, type Platform } from '@lethe/stack'
import type { Command } from 'commander'
import { demonstration, type Demonstration } from '../demonstration.js'
import { finalScreen, firstAdmin, progressPrinter } from '../screen.js'
import { stateDirOf } from '../state-dir.js'

interface UpOptions {
  once?: boolean
  demo: boolean
}

export function registerUp(program: Command): void {
  program
    .command('up')
    .description('start the platform, run the demonstration and stay up')
    .option('--once', 'exit when the demonstration is done: 0 if all went well')
    .option('--no-demo', 'start the platform alone')
    .action(async (options: UpOptions) => {
      process.exitCode = await bringUp(options, options.demo ? demonstration : undefined)
    })
}

/** Exit code: 0 when all went well, 1 when something failed, 130 when interrupted before it was done. */
async function bringUp(options: UpOptions, demo: Demonstration | undefined): Promise<number> {
  const interruption = listenForInterruption()
  const write = (text: string) => void process.stdout.write(text)
  const report = progressPrinter(write)
  let platform: Platform
  try {
    platform = await startPlatform({ stateDir: stateDirOf(), report, signal: interruption.signal })
  } catch (error) {
    if (!interruption.signal.aborted) throw error
    // Work under way, such as a download, ends with this process.
    process.exit(130)
  }
  try {
    const signIns = (await demo?.signIns(platform)) ?? [firstAdmin(platform, process.stdout.isTTY)]
    write(finalScreen(platform, signIns))
    const result = await demo?.run(platform, interruption.signal)
    if (result)
      write(`\nThe demonstration ${result.succeeded ? 'went well' : 'did not succeed'}: ${result.summaryFile}\n`)
    if (options.once) return result?.succeeded === false ? 1 : 0
    await interruption.happened
    return 0
  } catch (error) {
    if (interruption.signal.aborted) return 130
    throw error
  } finally {
    write('\nStopping.\n')
    await platform.stop()
  }
}

/** The first signal asks, the second leaves at once: what is left then is ended by the leashes. */
function listenForInterruption(): { signal: AbortSignal; happened: Promise<void> } {
  const abort = new AbortController()
  const happened = new Promise<void>((resolve) => abort.signal.addEventListener('abort', () => resolve()))
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => (abort.signal.aborted ? process.exit(130) : abort.abort(signal)))
  return { signal: abort.signal, happened }
}
