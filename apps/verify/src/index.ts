import { fileURLToPath } from 'node:url'
import { main } from './main.js'

export { main, type Surroundings } from './main.js'

const COLUMNS = 100

/** The command on this process's terminal. @returns the exit code. */
export async function verifyOnTerminal(argv: readonly string[], pageFile = builtPage): Promise<number> {
  hushEd25519()
  // Whoever reads may stop reading, such as head(1).
  process.stdout.on('error', () => process.exit())
  return main(argv, {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    columns: process.stdout.isTTY ? process.stdout.columns : COLUMNS,
    clock: () => new Date(),
    pageFile,
  })
}

const builtPage = fileURLToPath(new URL('../page/dist/verify.html', import.meta.url))

/** Early releases of Node 20 warn that Ed25519 in WebCrypto is experimental; that tells a reader nothing. */
function hushEd25519(): void {
  const emit = process.emitWarning.bind(process) as (...args: unknown[]) => void
  process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
    if (!String(warning).includes('Ed25519')) emit(warning, ...rest)
  }
}
