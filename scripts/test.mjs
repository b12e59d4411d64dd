// npm test: installs and builds what is missing, then runs vitest with the arguments given. All state is temporary.
import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { installIfNeeded } from './install.mjs'
import { withPrepareLock } from './prepare-lock.mjs'

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '')
await withPrepareLock(root, async () => {
  installIfNeeded(root)
  const { buildAll } = await import('./build.mjs')
  await buildAll()
})

const scratch = mkdtempSync(path.join(os.tmpdir(), 'lethe-test-'))
// As root, PostgreSQL runs under another account, which must get through here.
chmodSync(scratch, 0o755)
const env = { ...process.env, LETHE_HOME: path.join(scratch, 'state'), TMPDIR: scratch }
for (const name of ['DATABASE_URL', 'NATS_URL', 'NODE_ENV']) delete env[name]

const vitest = path.join(root, 'node_modules/vitest/vitest.mjs')
const child = spawn(process.execPath, [vitest, 'run', ...process.argv.slice(2)], { cwd: root, env, stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
child.once('exit', async (code) => {
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  const { removeAbandonedClusters } = await import('../libs/stack/dist/distant-clusters.js')
  removeAbandonedClusters()
  process.exitCode = code ?? 1
})
