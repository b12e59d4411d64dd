import { execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { makeDistantHome } from './distant-clusters.js'
import { withLock } from './file-lock.js'
import { acceptsConnections, findFreePort } from './free-port.js'
import { preparePostgresBinaries, type PostgresBinaries } from './postgres-binaries.js'
import { discardStalePidFile, findPostmaster, settlePostmaster, type Postmaster } from './postmaster.js'
import { recordProcess, sendSignal, waitForExit, type ProcessRecord } from './process-identity.js'
import { writePrivately } from './write-privately.js'
import { countHolders, holdServer, type Hold } from './server-holders.js'
import { findUnprivilegedAccount, mayAccess, type Account } from './unprivileged-account.js'

export interface Postgres {
  /** The owner's address of the database `lethe`. Services never get this one. */
  url: string
  port: number
  version: string
  /** Where the cluster lives: below the state directory unless PostgreSQL's account cannot reach that. */
  dataDir: string
  /** True when a server that was already running was taken over. */
  adopted: boolean
  /** Stops the server, unless another living process also uses it. */
  stop: () => Promise<void>
}

export interface StartPostgresOptions {
  stateDir: string
  /** Where a runnable copy of the programs goes if one is needed. */
  cacheDir?: string
  /** False trades crash safety for speed; for tests that throw the cluster away. */
  isDurable?: boolean
  /** State directory whose cluster, stopped, a new one begins as a copy of, password and all; for tests. */
  copyOf?: string | undefined
}

interface Cluster {
  password: string
  /** Parent of `data`, owned by the account that runs the server. */
  home: string
  port?: number
}

/**
 * Starts PostgreSQL on the cluster of this state directory, creating it the first time, or adopts the server that already
 * runs on it. Safe as root, after a kill of anything at any moment, and with several callers at once.
 */
export async function startPostgres(options: StartPostgresOptions): Promise<Postgres> {
  const stateDir = path.resolve(options.stateDir)
  const metaDir = path.join(stateDir, 'pg')
  const account = findUnprivilegedAccount()
  mkdirSync(metaDir, { recursive: true })
  // Other accounts may pass through to the cluster's own directory, and list nothing.
  chmodSync(metaDir, account === undefined ? 0o700 : 0o711)
  return withLock(path.join(metaDir, 'start.lock'), async () => {
    const binaries = preparePostgresBinaries(options.cacheDir ?? path.join(stateDir, 'cache'), account)
    const cluster = openCluster({
      metaDir,
      binaries,
      account,
      isDurable: options.isDurable ?? true,
      copyOf: options.copyOf,
    })
    const dataDir = path.join(cluster.home, 'data')
    const running = await settlePostmaster(dataDir, 30_000)
    const take = (server: ProcessRecord) => holdServer(path.join(metaDir, 'holders'), server, 'INT')
    const { server, hold } = running
      ? { server: running, hold: take(running.process) }
      : await launch({ metaDir, cluster, binaries, account, isDurable: options.isDurable ?? true, take })
    if (server.port !== cluster.port) writeCluster(metaDir, { ...cluster, port: server.port })
    const stop = () =>
      withLock(path.join(metaDir, 'start.lock'), async () => {
        if (hold.release()) await halt(server.process)
      })
    const url = `postgresql://postgres:${cluster.password}@127.0.0.1:${server.port}/lethe`
    return { url, port: server.port, version: binaries.version, dataDir, adopted: running !== undefined, stop }
  })
}

/** Stops the server of a state directory that no living process uses; what `kill -9` of its users left behind. */
export async function stopOrphanedPostgres(stateDir: string): Promise<void> {
  const metaDir = path.join(path.resolve(stateDir), 'pg')
  if (!existsSync(path.join(metaDir, 'cluster.json'))) return
  await withLock(path.join(metaDir, 'start.lock'), async () => {
    const found = findPostmaster(path.join(readCluster(metaDir).home, 'data'))
    if (found !== undefined && countHolders(path.join(metaDir, 'holders')) === 0) await halt(found.process)
  })
}

const readCluster = (metaDir: string): Cluster =>
  JSON.parse(readFileSync(path.join(metaDir, 'cluster.json'), 'utf8')) as Cluster

const writeCluster = (metaDir: string, cluster: Cluster): void =>
  writePrivately(path.join(metaDir, 'cluster.json'), JSON.stringify(cluster))

interface Making {
  binaries: PostgresBinaries
  account: Account | undefined
  isDurable: boolean
}

function openCluster({
  metaDir,
  copyOf,
  ...making
}: Making & { metaDir: string; copyOf: string | undefined }): Cluster {
  if (existsSync(path.join(metaDir, 'cluster.json'))) {
    const cluster = readCluster(metaDir)
    if (existsSync(path.join(cluster.home, 'data', 'PG_VERSION'))) return cluster
  }
  const home = chooseHome(metaDir, making.account)
  const original = copyOf === undefined ? undefined : readCluster(path.join(copyOf, 'pg'))
  const cluster = { home, password: original?.password ?? randomBytes(18).toString('base64url') }
  // A cluster whose cluster.json was lost has a password that nobody knows.
  rmSync(path.join(home, 'data'), { recursive: true, force: true })
  const partial = path.join(home, 'data.partial')
  rmSync(partial, { recursive: true, force: true })
  if (original === undefined) initialise(partial, cluster, making)
  else copyCluster(path.join(original.home, 'data'), partial)
  renameSync(partial, path.join(home, 'data'))
  writeCluster(metaDir, cluster)
  return cluster
}

function copyCluster(from: string, to: string): void {
  if (findPostmaster(from) !== undefined)
    throw new Error(`the cluster in ${from} is in use; stop it before it is copied`)
  // Unlike Node's own copying, it keeps the owner of every file.
  execFileSync('cp', ['-a', from, to])
}

/** Below the state directory, or where the account can reach it if the state directory lies under one of mode 700. */
function chooseHome(metaDir: string, account: Account | undefined): string {
  const own = path.join(metaDir, 'cluster')
  mkdirSync(own, { recursive: true, mode: 0o700 })
  if (account === undefined) return own
  chownSync(own, account.uid, account.gid)
  if (mayAccess(account, 'w', own)) return own
  return makeDistantHome(path.join(metaDir, 'cluster.json'), account)
}

/** Built aside, to be renamed, so that an interrupted initdb leaves no half cluster. */
function initialise(partial: string, { home, password }: Cluster, { binaries, account, isDurable }: Making): void {
  const passwordFile = path.join(home, 'password')
  const options = { ...account, cwd: '/', env: { LC_ALL: 'C' }, stdio: 'pipe' as const }
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 })
  if (account) chownSync(passwordFile, account.uid, account.gid)
  const flags = ['-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8', '--data-checksums']
  const locale = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C']
  execFileSync(binaries.initdb, ['-D', partial, ...flags, ...locale, ...(isDurable ? [] : ['--no-sync'])], options)
  rmSync(passwordFile)
  const single = ['--single', '-D', partial, ...(isDurable ? [] : ['-F']), 'postgres']
  execFileSync(binaries.postgres, single, { ...options, input: 'CREATE DATABASE lethe\n' })
}

interface Launch {
  metaDir: string
  cluster: Cluster
  binaries: PostgresBinaries
  account: Account | undefined
  isDurable: boolean
  take: (server: ProcessRecord) => Hold
}

/** The server is on its leash from the moment it exists, for this process may be killed before it is ready. */
async function launch({ metaDir, cluster, binaries, account, isDurable, take }: Launch) {
  const dataDir = path.join(cluster.home, 'data')
  const logFile = path.join(metaDir, 'server.log')
  // Children of a killed server may hold its shared memory for a moment; then the next attempt succeeds.
  for (let attempt = 1; ; attempt++) {
    discardStalePidFile(dataDir)
    const port = await findFreePort(attempt === 1 ? cluster.port : undefined)
    const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=200']
    // Values of rows, personal data among them, stand in the detail and in the statement of an error.
    settings.push('log_error_verbosity=terse', 'log_min_error_statement=panic')
    if (!isDurable) settings.push('fsync=off', 'synchronous_commit=off', 'full_page_writes=off')
    const log = openSync(logFile, 'a', 0o600)
    const child = spawn(binaries.postgres, ['-D', dataDir, '-p', String(port), ...settings.flatMap((s) => ['-c', s])], {
      ...account,
      cwd: '/',
      env: { LC_ALL: 'C' },
      stdio: ['ignore', log, log],
      detached: true,
    })
    closeSync(log)
    child.unref()
    const record = recordProcess(child.pid ?? 0)
    if (record !== undefined) {
      const hold = take(record)
      const server = await becameReady(child, dataDir)
      if (server !== undefined && (await acceptsConnections(server.port))) return { server, hold }
      hold.release()
      await halt(record)
    }
    if (attempt === 5) throw new Error(`PostgreSQL did not start; see ${logFile}`)
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}

async function becameReady(child: ReturnType<typeof spawn>, dataDir: string): Promise<Postmaster | undefined> {
  let isGone = false
  child.once('exit', () => (isGone = true))
  child.once('error', () => (isGone = true))
  for (const deadline = performance.now() + 60_000; performance.now() < deadline && !isGone;) {
    const found = findPostmaster(dataDir)
    if (found?.process.pid === child.pid && found?.isReady) return found
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return undefined
}

/** SIGINT asks for a fast shutdown, SIGQUIT for an immediate one (recovery at the next start). */
async function halt(server: ProcessRecord): Promise<void> {
  for (const [signal, patienceMs] of [
    ['SIGINT', 20_000],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 5_000],
  ] as const) {
    if (await waitForExit(server, 0)) return
    sendSignal(server.pid, signal)
    if (await waitForExit(server, patienceMs)) return
  }
}
