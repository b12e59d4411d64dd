import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { withLock } from './file-lock.js'
import { findFreePort } from './free-port.js'
import { findNatsServer, type NatsBinary } from './nats-binary.js'
import { probeNats } from './nats-probe.js'
import { natsUsersConf, type NatsPermissions } from './nats-users.js'
import { isStillRunning, recordProcess, sendSignal, waitForExit, type ProcessRecord } from './process-identity.js'
import type { Report } from './report.js'
import { readStackEnv } from './env.js'
import { writePrivately } from './write-privately.js'
import { countHolders, holdServer, type Hold } from './server-holders.js'

export interface NatsServer {
  /** The address with the credentials of the first user. */
  url: string
  /** One address a user of `users`, each with its own password. */
  urls: Readonly<Record<string, string>>
  port: number
  binary: NatsBinary
  adopted: boolean
  /** Stops the server, unless another living process also uses it. */
  stop: () => Promise<void>
}

export interface StartNatsOptions {
  stateDir: string
  cacheDir?: string
  /** Who may sign in; each gets a random password that is kept for this state directory. */
  users?: readonly string[]
  /** What they may say and hear; whoever is not named here may do everything. */
  permissions?: Readonly<Record<string, NatsPermissions>>
  report?: Report
}

interface State {
  passwords: Record<string, string>
  port?: number
  server?: ProcessRecord
}

/**
 * Starts nats-server with JetStream on the store of this state directory, or adopts the one that already runs on it. It
 * listens on 127.0.0.1 only, on the port it had last time if that is free, and everyone must sign in.
 */
export async function startNatsServer(options: StartNatsOptions): Promise<NatsServer> {
  const env = readStackEnv()
  const { users = ['lethe'], permissions = {} } = options
  const home = path.join(path.resolve(options.stateDir), 'nats')
  mkdirSync(home, { recursive: true, mode: 0o700 })
  const cacheDir = options.cacheDir ?? env.cacheDir
  const { natsServerBin: binary, searchPath } = env
  const found = await findNatsServer({
    cacheDir,
    binary,
    searchPath,
    ...(options.report && { report: options.report }),
  })
  const lock = path.join(home, 'start.lock')
  return withLock(lock, async () => {
    const state = readState(home)
    for (const user of users) state.passwords[user] ??= randomBytes(18).toString('base64url')
    // New users or other rights are another configuration, which a running server does not have.
    const configure = (port: number) => configuration(home, port, state.passwords, permissions)
    const isConfigured = readConfiguration(home) === configure(state.port ?? 0)
    const running = isConfigured ? await adoptable(state) : undefined
    if (running === undefined && state.server) await halt(state.server)
    const take = (record: ProcessRecord) => holdServer(path.join(home, 'holders'), record, 'TERM')
    const { server, hold } = running
      ? { server: running, hold: take(running) }
      : await launch({ home, state, configure }, found, take)
    const stop = () =>
      withLock(lock, async () => {
        if (hold.release()) await halt(server)
      })
    const port = state.port ?? 0
    const urls = Object.fromEntries(
      users.map((user) => [user, `nats://${user}:${state.passwords[user]}@127.0.0.1:${port}`]),
    )
    return { url: urls[users[0] ?? ''] ?? '', urls, port, binary: found, adopted: running !== undefined, stop }
  })
}

/** Stops the server of a state directory that no living process uses; what `kill -9` of its users left behind. */
export async function stopOrphanedNats(stateDir: string): Promise<void> {
  const home = path.join(path.resolve(stateDir), 'nats')
  const { server } = readState(home)
  if (server === undefined || !isStillRunning(server)) return
  await withLock(path.join(home, 'start.lock'), async () => {
    if (countHolders(path.join(home, 'holders')) === 0) await halt(server)
  })
}

function readState(home: string): State {
  try {
    return JSON.parse(readFileSync(path.join(home, 'state.json'), 'utf8')) as State
  } catch {
    return { passwords: {} }
  }
}

async function adoptable({ server, port, passwords }: State): Promise<ProcessRecord | undefined> {
  if (server === undefined || port === undefined || !isStillRunning(server)) return undefined
  return (await isReady(server, port, passwords)) ? server : undefined
}

/** The server is on its leash from the moment it exists, for this process may be killed before it is ready. */
async function launch(
  { home, state, configure }: { home: string; state: State; configure: (port: number) => string },
  binary: NatsBinary,
  take: (server: ProcessRecord) => Hold,
) {
  const config = path.join(home, configurationFile)
  const logFile = path.join(home, 'server.log')
  for (let attempt = 1; ; attempt++) {
    state.port = await findFreePort(attempt === 1 ? state.port : undefined)
    writePrivately(config, configure(state.port))
    const log = openSync(logFile, 'a', 0o600)
    const child = spawn(binary.file, ['-c', config], { cwd: home, stdio: ['ignore', log, log], detached: true })
    closeSync(log)
    child.on('error', () => {})
    child.unref()
    const server = recordProcess(child.pid ?? 0)
    if (server !== undefined) {
      const hold = take(server)
      writePrivately(path.join(home, 'state.json'), JSON.stringify({ ...state, server }))
      if (await isReady(server, state.port, state.passwords)) return { server, hold }
      hold.release()
      await halt(server)
    }
    if (attempt === 3) throw new Error(`nats-server did not start; see ${logFile}`)
  }
}

/** JetStream reads its whole store before it answers, so a large one takes a while; a dead process ends the wait. */
async function isReady(server: ProcessRecord, port: number, passwords: Record<string, string>): Promise<boolean> {
  const [user, password] = Object.entries(passwords)[0] ?? ['', '']
  for (const deadline = performance.now() + 60_000; performance.now() < deadline && isStillRunning(server);) {
    const state = await probeNats(port, user, password)
    if (state !== 'starting') return state === 'ready'
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  return false
}

const configurationFile = 'server.conf'

function readConfiguration(home: string): string | undefined {
  try {
    return readFileSync(path.join(home, configurationFile), 'utf8')
  } catch {
    return undefined
  }
}

function configuration(
  home: string,
  port: number,
  passwords: Readonly<Record<string, string>>,
  permissions: Readonly<Record<string, NatsPermissions>>,
): string {
  const text = JSON.stringify
  const users = Object.entries(passwords).map(([user, password]) => {
    return { user, password: text(password), permissions: permissions[user] }
  })
  return `listen: "127.0.0.1:${port}"
server_name: "lethe"
jetstream { store_dir: ${text(path.join(home, 'store'))} }
authorization {
${natsUsersConf(users)}}
`
}

async function halt(server: ProcessRecord): Promise<void> {
  for (const [signal, patienceMs] of [
    ['SIGTERM', 10_000],
    ['SIGKILL', 5_000],
  ] as const) {
    if (!isStillRunning(server)) return
    sendSignal(server.pid, signal)
    if (await waitForExit(server, patienceMs)) return
  }
}
