import { fileURLToPath } from 'node:url'
import { verifyOnTerminal } from './index.js'

try {
  process.exitCode = await verifyOnTerminal(
    process.argv.slice(2),
    fileURLToPath(new URL('verify.html', import.meta.url)),
  )
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  process.exitCode = 1
}
