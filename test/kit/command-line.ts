import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { checkoutDir, openSecrets, readPlatformRecord, type PlatformRecord } from '@lethe/stack'
import { buildServices, until } from './platform.js'
import { serverPids } from './servers.js'

export interface StartedUp {
  readonly record: PlatformRecord
  readonly admin: { email: string; password: string }
  /** SIGKILL to the command, to every service and to both servers, all at once. */
  killEverything: () => Promise<void>
  /** Ctrl-C. @returns the exit code. */
  interrupt: () => Promise<number | null>
  /** Process ids of every service, and of the servers of its own. */
  pids: () => number[]
}

/** `lethe up --no-demo` as a process of its own, ready. */
export async function letheUp(stateDir: string, env: Readonly<Record<string, string>> = {}): Promise<StartedUp> {
  await buildServices()
  const child = spawn(process.execPath, [path.join(checkoutDir, 'apps/cli/bin/lethe.mjs'), 'up', '--no-demo'], {
    env: { ...process.env, ...env, LETHE_HOME: stateDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const record = await until('lethe up is ready', async () => {
    if (child.exitCode !== null) throw new Error(`lethe up ended with ${child.exitCode}:\n${output}`)
    return output.includes('Lethe is up.') && readPlatformRecord(stateDir)
  })
  const pids = () => [
    ...(readPlatformRecord(stateDir)?.services ?? []).flatMap(({ process: running }) => (running ? [running.pid] : [])),
    ...(existsSync(path.join(stateDir, 'nats')) ? Object.values(serverPids(stateDir)) : []),
  ]
  return {
    record,
    admin: openSecrets(stateDir).bootstrapAdmin,
    pids,
    killEverything: async () => {
      const doomed = pids()
      await end(child, 'SIGKILL')
      for (const pid of doomed) kill(pid)
      await until('everything is gone', async () => doomed.every((pid) => !isAlive(pid)), 10_000)
    },
    interrupt: () => end(child, 'SIGINT'),
  }
}

/** Whether it runs. What has ended and waits for init to reap it (proc(5), state Z) does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    if (process.platform !== 'linux') return true
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2))
  } catch {
    return false
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // The leash was quicker.
  }
}

function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode)
  const gone = new Promise<number | null>((resolve) => child.once('exit', resolve))
  child.kill(signal)
  return gone
}
