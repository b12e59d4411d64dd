import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import path from 'node:path'
import { checkoutDir, serviceEnv } from '@lethe/stack'
import type { TestPlatform } from './platform.js'

export interface Worker {
  readonly pid: number
  /** SIGKILL: no goodbye, no checkpoint. Resolves when it is gone. */
  kill: () => Promise<void>
  /** SIGTERM: hands its work back. */
  stop: () => Promise<void>
}

/** A compute process of the test's own, which checkpoints every second, so that little is lost and a kill is soon possible. */
export function startWorker(platform: TestPlatform, name: string): Worker {
  const log = openSync(path.join(platform.stateDir, 'logs', `${name}.log`), 'a')
  const child = spawn(process.execPath, [path.join(checkoutDir, 'services/compute/dist/main.js')], {
    env: {
      ...process.env,
      ...serviceEnv('compute', platform.facts),
      HEALTH_PORT: '0',
      CHECKPOINT_SECONDS: '1',
      WORKER_NAME: name,
    },
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  if (child.pid === undefined) throw new Error(`${name} did not start.`)
  return { pid: child.pid, kill: () => end(child, 'SIGKILL'), stop: () => end(child, 'SIGTERM') }
}

function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill(signal)
  return gone
}
