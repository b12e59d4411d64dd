import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import type { GroupLeash } from './group-leash.js'
import { recordProcess, sendSignal, type ProcessRecord } from './process-identity.js'
import type { Report } from './report.js'

export interface ServiceSpec {
  name: string
  /** Arguments of `node`. */
  args: readonly string[]
  cwd: string
  env: Readonly<Record<string, string>>
  /** Answers 200 when work can be taken. */
  readyUrl: string
  logFile: string
}

export type ServiceState = 'starting' | 'ready' | 'waiting' | 'failed' | 'stopped'

export interface SupervisedService {
  readonly name: string
  readonly state: ServiceState
  readonly restarts: number
  readonly process: ProcessRecord | undefined
  /** Resolves when first ready; rejects with the end of its log when it cannot be. */
  ready: () => Promise<void>
  stop: (graceMs?: number) => Promise<void>
}

export interface SuperviseOptions {
  leash: GroupLeash
  report?: Report
  /** Called whenever the process or its state changes. */
  onChange?: () => void
  startWithinMs?: number
  /** Crashes before it was ever ready that are too many. */
  maxStartCrashes?: number
}

const firstPauseMs = 250
const longestPauseMs = 30_000
/** One that ran for so long had started well: its next crash counts as the first. */
const settledMs = 60_000

/**
 * Keeps one service running in a process group of its own: a crash is followed by a restart after a pause that doubles up
 * to 30 s. What it prints goes to its log file.
 */
export function superviseService(spec: ServiceSpec, options: SuperviseOptions): SupervisedService {
  const { leash, report = () => {}, onChange = () => {}, startWithinMs = 120_000, maxStartCrashes = 3 } = options
  let child: ChildProcess | undefined
  let state: ServiceState = 'starting'
  let restarts = 0
  let crashesInARow = 0
  let wasReady = false
  let restartTimer: NodeJS.Timeout | undefined
  let settle: { resolve: () => void; reject: (error: Error) => void }
  const firstReady = new Promise<void>((resolve, reject) => (settle = { resolve, reject }))
  firstReady.catch(() => {})

  const enter = (next: ServiceState) => {
    state = next
    onChange()
  }
  const isCurrent = (started: ChildProcess) => child === started && state !== 'stopped'

  const fail = (why: string) => {
    enter('failed')
    settle.reject(new Error(`${spec.name} ${why}; the end of ${spec.logFile}:\n${tailOf(spec.logFile)}`))
  }

  const start = () => {
    const log = openSync(spec.logFile, 'a', 0o600)
    const startedAt = performance.now()
    const started = spawn(process.execPath, [...spec.args], {
      cwd: spec.cwd,
      env: spec.env,
      stdio: ['ignore', log, log, 'ipc'],
      detached: true,
    })
    closeSync(log)
    child = started
    enter('starting')
    if (started.pid !== undefined) leash.add(started.pid)
    started.on('error', () => {})
    started.once('exit', (code, signal) => {
      if (started.pid !== undefined) endGroup(started.pid, leash)
      if (isCurrent(started)) crashed(signal ?? `code ${code}`, performance.now() - startedAt)
    })
    void waitUntilReady(spec.readyUrl, () => isCurrent(started) && state === 'starting', startWithinMs).then(
      (isReady) => {
        if (!isCurrent(started) || state !== 'starting') return
        if (!isReady) return fail(`was not ready within ${startWithinMs / 1000} s`)
        wasReady = true
        enter('ready')
        settle.resolve()
      },
    )
  }

  const crashed = (how: string, ranMs: number) => {
    crashesInARow = ranMs > settledMs ? 1 : crashesInARow + 1
    if (!wasReady && crashesInARow >= maxStartCrashes) return fail(`ended with ${how} before it was ready`)
    const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** (crashesInARow - 1))
    report(`${spec.name} ended with ${how}; starting it again in ${pauseMs / 1000} s (log: ${spec.logFile})`)
    restarts += 1
    enter('waiting')
    restartTimer = setTimeout(start, pauseMs)
  }

  const stop = async (graceMs = 15_000) => {
    const running = child
    enter('stopped')
    clearTimeout(restartTimer)
    settle.reject(new Error(`${spec.name} was stopped`))
    if (running?.pid === undefined || running.exitCode !== null || running.signalCode !== null) return
    const exited = new Promise<void>((resolve) => running.once('exit', () => resolve()))
    running.kill('SIGTERM')
    const force = setTimeout(() => sendSignal(-(running.pid ?? 0), 'SIGKILL'), graceMs)
    await exited
    clearTimeout(force)
  }

  start()
  return {
    name: spec.name,
    get state() {
      return state
    },
    get restarts() {
      return restarts
    },
    get process() {
      return child?.pid === undefined || child.exitCode !== null ? undefined : recordProcess(child.pid)
    },
    ready: () => firstReady,
    stop,
  }
}

/** A service that left children behind in its group leaves them to nobody. */
function endGroup(pid: number, leash: GroupLeash): void {
  sendSignal(-pid, 'SIGKILL')
  leash.remove(pid)
}

async function waitUntilReady(url: string, isWanted: () => boolean, timeoutMs: number): Promise<boolean> {
  for (const deadline = performance.now() + timeoutMs; performance.now() < deadline && isWanted();) {
    if (await answersOk(url)) return true
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return false
}

export async function answersOk(url: string, timeoutMs = 2000): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) })
    await response.body?.cancel()
    return response.ok
  } catch {
    return false
  }
}

function tailOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-12).join('\n')
  } catch {
    return '(no log)'
  }
}
