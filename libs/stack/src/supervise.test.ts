import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { findFreePort } from './free-port.js'
import { openGroupLeash } from './group-leash.js'
import { recordProcess, waitForExit, type ProcessRecord } from './process-identity.js'
import { answersOk, superviseService, type ServiceSpec } from './supervise.js'

const base = mkdtempSync(path.join(os.tmpdir(), 'lethe-supervise-'))
const leash = openGroupLeash(1)
afterAll(() => {
  leash.close()
  rmSync(base, { recursive: true })
})

/** A service with a child of its own, whose pid it tells; it ends on SIGTERM unless told to be stubborn. */
const serviceFile = path.join(base, 'service.mjs')
const crashing = path.join(base, 'crashing.mjs')
beforeAll(() => {
  writeFileSync(crashing, `console.error('cannot start: no such table'); process.exit(3)`)
  writeFileSync(
    serviceFile,
    `import { spawn } from 'node:child_process'
     import { createServer } from 'node:http'
     const child = spawn('sleep', ['60'], { stdio: 'ignore' })
     if (process.env.STUBBORN) process.on('SIGTERM', () => {})
     const pids = JSON.stringify({ own: process.pid, child: child.pid })
     createServer((_, response) => response.end(pids)).listen(Number(process.env.PORT), '127.0.0.1')`,
  )
})

async function specOf(name: string, file = serviceFile, env: Record<string, string> = {}): Promise<ServiceSpec> {
  const port = await findFreePort()
  const logFile = path.join(base, `${name}.log`)
  const readyUrl = `http://127.0.0.1:${port}/readyz`
  return {
    name,
    args: [file],
    cwd: base,
    env: { PATH: '/usr/bin:/bin', PORT: String(port), ...env },
    readyUrl,
    logFile,
  }
}

async function processesOf(spec: ServiceSpec): Promise<ProcessRecord[]> {
  const pids = (await (await fetch(spec.readyUrl)).json()) as { own: number; child: number }
  return [pids.own, pids.child].flatMap((pid) => recordProcess(pid) ?? [])
}

async function expectGone(processes: readonly ProcessRecord[]): Promise<void> {
  expect(processes).toHaveLength(2)
  for (const process of processes) expect(await waitForExit(process, 8000)).toBe(true)
}

it('starts a crashed service again, and leaves no child of the crashed one', async () => {
  const spec = await specOf('restarted')
  const service = superviseService(spec, { leash })
  await service.ready()
  const before = await processesOf(spec)
  process.kill(before[0]?.pid ?? 0, 'SIGKILL')
  await expectGone(before)
  while (!(await answersOk(spec.readyUrl))) await new Promise((resolve) => setTimeout(resolve, 20))
  expect(service.restarts).toBe(1)
  const after = await processesOf(spec)
  await service.stop()
  await expectGone(after)
  expect(service.state).toBe('stopped')
})

it('ends a service that ignores SIGTERM once its grace is over', async () => {
  const spec = await specOf('stubborn', serviceFile, { STUBBORN: '1' })
  const service = superviseService(spec, { leash })
  await service.ready()
  const processes = await processesOf(spec)
  await service.stop(100)
  await expectGone(processes)
})

it('gives up on a service that cannot start, with the end of its log', async () => {
  const service = superviseService(await specOf('hopeless', crashing), { leash, maxStartCrashes: 2 })
  await expect(service.ready()).rejects.toThrow(/no such table/)
  expect(service.state).toBe('failed')
})

it('takes the services along when the supervisor is killed with SIGKILL', async () => {
  const spec = await specOf('orphaned')
  const sources = fileURLToPath(new URL('.', import.meta.url))
  const contents = `
    import { openGroupLeash } from ${JSON.stringify(`${sources}group-leash.ts`)}
    import { superviseService } from ${JSON.stringify(`${sources}supervise.ts`)}
    await superviseService(${JSON.stringify(spec)}, { leash: openGroupLeash(1) }).ready()
    console.log('up'); setInterval(() => {}, 1000)`
  const supervisor = path.join(base, 'supervisor.mjs')
  const stdin = { contents, resolveDir: sources }
  await build({ stdin, bundle: true, platform: 'node', format: 'esm', outfile: supervisor, logLevel: 'error' })
  const parent = spawn(process.execPath, [supervisor], { stdio: ['ignore', 'pipe', 'inherit'] })
  await new Promise((resolve) => parent.stdout.once('data', resolve))
  const processes = await processesOf(spec)
  parent.kill('SIGKILL')
  await expectGone(processes)
  expect(readFileSync(spec.logFile, 'utf8')).toBe('')
})
