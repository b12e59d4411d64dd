import { auditOnTerminal } from './index.js'

try {
  process.exitCode = await auditOnTerminal(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  process.exitCode = 1
}
