import { execFile, spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { findFreePort, readStackEnv } from '@lethe/stack'

const run = promisify(execFile)

interface Binary {
  readonly file: string
  /** Folders of the libraries that came with it. */
  readonly libraries: string
}

export interface PgBouncer {
  /** An address of the server behind it, led through the pooler. */
  through(url: string): string
  readonly version: string
  stop(): Promise<void>
}

/** A PgBouncer of this machine (PGBOUNCER_PATH, PATH), or Debian's, unpacked into the cache; else why there is none. */
export async function findPgBouncer(): Promise<Binary | { readonly missing: string }> {
  const { cacheDir, searchPath } = readStackEnv()
  const own = [process.env['PGBOUNCER_PATH'], ...searchPath.split(':').map((folder) => path.join(folder, 'pgbouncer'))]
  const installed = own.find((file) => file !== undefined && existsSync(file))
  if (installed !== undefined) return { file: installed, libraries: '' }
  const home = path.join(cacheDir, 'pgbouncer', `${process.platform}-${process.arch}`)
  try {
    if (!existsSync(home)) await unpackFromDebian(home)
    return { file: path.join(home, 'usr/sbin/pgbouncer'), libraries: libraryFolders(home).join(':') }
  } catch (error) {
    return { missing: `no PgBouncer here and none from apt: ${String((error as Error).message).split('\n')[0]}` }
  }
}

/** Signed packages of the archive that this machine's apt uses; nothing of the system changes, and no root is needed. */
async function unpackFromDebian(home: string): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'lethe-pgbouncer-'))
  try {
    const packages = ['pgbouncer', 'libevent-2.1-7*', 'libc-ares2', 'libpam0g*']
    for (const name of packages)
      await run('apt-get', ['-qq', 'download', name], { cwd: folder, timeout: 60_000 }).catch((error: unknown) => {
        if (name === 'pgbouncer') throw error
      })
    const root = path.join(folder, 'root')
    for (const name of readdirSync(folder).filter((each) => each.endsWith('.deb')))
      await run('dpkg-deb', ['-x', path.join(folder, name), root], { timeout: 60_000 })
    mkdirSync(path.dirname(home), { recursive: true })
    cpSync(root, `${home}.${process.pid}`, { recursive: true, verbatimSymlinks: true })
    renameSync(`${home}.${process.pid}`, home)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const libraryFolders = (home: string): string[] =>
  ['usr/lib', 'lib']
    .map((folder) => path.join(home, folder))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((name) => path.join(folder, name)))
    .filter((folder) => folder.endsWith('-linux-gnu'))

/** It refuses to go on as root; the program itself may be where no other account may enter. */
const account = (): string[] => (process.getuid?.() === 0 ? ['-u', 'nobody'] : [])

/**
 * Transaction pooling before a PostgreSQL on this machine: a connection of the server is lent for one transaction, and the
 * next one of the same client may get another.
 */
export async function startPgBouncer(
  binary: Binary,
  options: { readonly serverUrl: string; readonly users: readonly string[]; readonly poolSize: number },
): Promise<PgBouncer> {
  // Not in the folder of this user, which another account may not enter.
  const folder = mkdtempSync(path.join('/tmp', 'lethe-pgbouncer-'))
  chmodSync(folder, 0o755)
  const port = await findFreePort()
  const { hostname, port: serverPort } = new URL(options.serverUrl)
  const accounts = options.users.map((url) => {
    const { username, password } = new URL(url)
    return `"${decodeURIComponent(username)}" "${decodeURIComponent(password)}"`
  })
  writeFileSync(path.join(folder, 'users.txt'), `${accounts.join('\n')}\n`, { mode: 0o644 })
  const settings = path.join(folder, 'pgbouncer.ini')
  writeFileSync(
    settings,
    `[databases]
* = host=${hostname} port=${serverPort}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${path.join(folder, 'users.txt')}
pool_mode = transaction
default_pool_size = ${options.poolSize}
max_client_conn = 500
`,
  )
  const env = { PATH: '/usr/bin:/bin', LD_LIBRARY_PATH: binary.libraries }
  const version = spawnSync(binary.file, ['--version'], { env }).stdout.toString().split('\n')[0] ?? ''
  const child = spawn(binary.file, [...account(), settings], { env, stdio: 'ignore', cwd: '/' })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  for (let tries = 0; !(await answers(port)); tries++) {
    if (tries > 200 || child.exitCode !== null) throw new Error('PgBouncer did not start')
    await wait(25)
  }
  return {
    version,
    through: (url) => {
      const led = new URL(url)
      led.port = String(port)
      return led.toString()
    },
    stop: async () => {
      child.kill('SIGKILL')
      await exited
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
