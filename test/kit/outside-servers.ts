import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import path from 'node:path'
import { promisify } from 'node:util'
import { openOwner } from '@lethe/db/testing'
import { checkoutDir, findFreePort, findNatsServer, readStackEnv, startPostgres, type Postgres } from '@lethe/stack'
import { until } from './platform.js'

/** PostgreSQL and nats-server as an operator runs them, by docs/operations.md. */
export interface OutsideServers {
  readonly env: { readonly DATABASE_URL: string; readonly NATS_URL: string }
  /** As an administrator of PostgreSQL. */
  administer(...statements: string[]): Promise<Record<string, unknown>[]>
  /** Stops both and starts them where they were. */
  restart(): Promise<void>
  /** Process ids. */
  pids(): number[]
  stop(): Promise<void>
}

/** Blocks of one language of the operator's page, in order. */
export const pageBlocks = (language: string): string[] => {
  const page = readFileSync(path.join(checkoutDir, 'docs/operations.md'), 'utf8')
  return [...page.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, block = '']) => block)
}

const password = 'owner’s own: @/%'

/** `lethe` as the operator calls it, with the state of `stateDir`. */
export const callLethe = (
  stateDir: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number; stdout: string; stderr: string }> =>
  promisify(execFile)(process.execPath, [path.join(checkoutDir, 'apps/cli/bin/lethe.mjs'), ...args], {
    env: { ...process.env, ...env, LETHE_HOME: stateDir },
  }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  )

/** Both servers live in `folder`; the users of the bus are those of the platform of `stateDir`. */
export async function startOutsideServers(folder: string, stateDir: string): Promise<OutsideServers> {
  let postgres = await startPostgres({ stateDir: folder })
  const natsPort = await findFreePort()
  let nats = await startNats(folder, stateDir, natsPort)
  const administer: OutsideServers['administer'] = async (...statements) => {
    const pool = openOwner(postgres.url.replace(/lethe$/, 'postgres'))
    try {
      let rows: Record<string, unknown>[] = []
      for (const statement of statements) rows = (await pool.query(statement)).rows as typeof rows
      return rows
    } finally {
      await pool.end()
    }
  }
  const [sql = ''] = pageBlocks('sql')
  // The embedded server was made with a database of the name that the page uses.
  await administer('DROP DATABASE lethe', ...statementsOf(sql.replace('…', password.replaceAll("'", "''"))))
  const stop = async () => {
    await Promise.all([postgres.stop(), end(nats)])
  }
  return {
    env: {
      DATABASE_URL: `postgresql://lethe_owner:${encodeURIComponent(password)}@127.0.0.1:${postgres.port}/lethe`,
      NATS_URL: `nats://127.0.0.1:${natsPort}`,
    },
    administer,
    restart: async () => {
      await stop()
      ;[postgres, nats] = await Promise.all([startPostgres({ stateDir: folder }), spawnNats(folder, natsPort)])
    },
    pids: () => [postmasterOf(postgres), nats.pid ?? 0],
    stop,
  }
}

const statementsOf = (block: string): string[] =>
  block
    .split(';\n')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')

const postmasterOf = ({ dataDir }: Postgres): number =>
  Number(readFileSync(path.join(dataDir, 'postmaster.pid'), 'utf8').split('\n')[0])

async function startNats(folder: string, stateDir: string, port: number): Promise<ChildProcess> {
  const home = path.join(folder, 'nats')
  mkdirSync(home)
  const written = await callLethe(stateDir, ['bus', 'users', '--out', path.join(home, 'lethe-users.conf')])
  if (written.code !== 0) throw new Error(written.stderr)
  const [conf = ''] = pageBlocks('conf')
  const own = conf.replace('0.0.0.0:4222', `127.0.0.1:${port}`).replace('/var/lib/nats', path.join(home, 'store'))
  writeFileSync(path.join(home, 'nats-server.conf'), own)
  return spawnNats(folder, port)
}

async function spawnNats(folder: string, port: number): Promise<ChildProcess> {
  const { cacheDir, natsServerBin, searchPath } = readStackEnv()
  const { file } = await findNatsServer({ cacheDir, binary: natsServerBin, searchPath })
  const child = spawn(file, ['-c', 'nats-server.conf'], { cwd: path.join(folder, 'nats'), stdio: 'ignore' })
  await until('nats-server listens', () => isListening(port), 20_000)
  return child
}

/** The server greets whoever connects. */
const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.once('data', () => resolve(true)).once('error', () => resolve(false))
    socket.once('data', () => socket.destroy())
  })

function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGTERM')
  return gone
}
