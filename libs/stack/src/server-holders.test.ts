import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { recordProcess, waitForExit, type ProcessRecord } from './process-identity.js'
import { holdServer } from './server-holders.js'

const base = mkdtempSync(path.join(os.tmpdir(), 'lethe-holders-'))
const holder = path.join(base, 'holder.mjs')
afterAll(() => rmSync(base, { recursive: true }))

beforeAll(async () => {
  const source = fileURLToPath(new URL('server-holders.ts', import.meta.url))
  const contents = `import { holdServer } from ${JSON.stringify(source)}
    holdServer(process.argv[2], { pid: Number(process.argv[3]), identity: '' }, 'TERM')
    console.log('holding'); setInterval(() => {}, 1000)`
  const stdin = { contents, resolveDir: base }
  await build({ stdin, bundle: true, platform: 'node', format: 'esm', outfile: holder, logLevel: 'error' })
})

function startServer(): ProcessRecord {
  const server = spawn('sleep', ['30'], { stdio: 'ignore' })
  const record = recordProcess(server.pid ?? 0)
  if (record === undefined) throw new Error('sleep did not start')
  return record
}

async function startHolder(directory: string, server: ProcessRecord) {
  const child = spawn(process.execPath, [holder, directory, String(server.pid)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await new Promise((resolve) => child.stdout.once('data', resolve))
  return child
}

it('stops the server when its only holder is killed with SIGKILL', async () => {
  const server = startServer()
  const child = await startHolder(path.join(base, 'alone'), server)
  child.kill('SIGKILL')
  expect(await waitForExit(server, 5000)).toBe(true)
})

it('leaves the server to another living holder, whose release is the last', async () => {
  const server = startServer()
  const directory = path.join(base, 'two')
  const own = holdServer(directory, server, 'TERM')
  const child = await startHolder(directory, server)
  child.kill('SIGKILL')
  expect(await waitForExit(server, 300)).toBe(false)
  expect(own.release()).toBe(true)
  process.kill(server.pid, 'SIGKILL')
})
