import { execFile } from 'node:child_process'
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from './database.js'
import { loginUrl, setRolePasswords } from './logins.js'
import { migrate } from './migrate.js'
import { prepareDatabase } from './prepare-database.js'
import { startTestDatabase, type TestDatabase } from './testing/test-database.js'

const root = path.resolve(import.meta.dirname, '../../..')
/** The engine's stand-in is a script that asks for node. */
const searchPath = `${path.dirname(process.execPath)}:/usr/bin:/bin`
const migrations = path.join(root, 'prisma/migrations')

let test: TestDatabase
let scratch: string

beforeAll(async () => {
  test = await startTestDatabase()
  scratch = mkdtempSync(path.join(tmpdir(), 'lethe-migrate-test-'))
})
afterAll(async () => {
  await test.stop()
  rmSync(scratch, { recursive: true, force: true })
})

const urlOf = (database: string): string => test.ownerUrl.replace(/lethe$/, database)

/** Prisma's own CLI, with an empty home and nobody to ask for an engine. */
const prisma = (databaseUrl: string, ...args: string[]) =>
  promisify(execFile)(process.execPath, [path.join(root, 'node_modules/prisma/build/index.js'), ...args], {
    cwd: root,
    env: { PATH: searchPath, HOME: scratch, DATABASE_URL: databaseUrl, PRISMA_HIDE_UPDATE_MESSAGE: '1' },
  })

/** A copy of the migrations that a test may spoil. */
function copyMigrations(name: string): string {
  const folder = path.join(scratch, name)
  cpSync(migrations, folder, { recursive: true })
  return folder
}

it('makes the database, applies everything once, and then nothing', async () => {
  const ownerUrl = urlOf('fresh')
  const applied = await migrate({ ownerUrl })
  expect(applied.length).toBeGreaterThan(1)
  expect(await migrate({ ownerUrl })).toEqual([])
})

it('may be run by several starters at once', async () => {
  const ownerUrl = urlOf('contested')
  const all = await Promise.all(Array.from({ length: 4 }, () => migrate({ ownerUrl })))
  expect(all.filter((names) => names.length > 0)).toHaveLength(1)
})

it('refuses a migration that was edited after it was applied', async () => {
  const folder = copyMigrations('edited')
  const ownerUrl = urlOf('edited')
  const [first] = await migrate({ ownerUrl, folder })
  appendFileSync(path.join(folder, first ?? '', 'migration.sql'), '\n-- afterthought\n')
  await expect(migrate({ ownerUrl, folder })).rejects.toMatchObject({ code: 'MIGRATION_EDITED' })
})

it('applies a failing migration not at all, and asks for it to be resolved', async () => {
  const folder = copyMigrations('failing')
  const ownerUrl = urlOf('failing')
  mkdirSync(path.join(folder, '99999999999999_broken'))
  const sql = 'CREATE TABLE half (id int);\nSELECT no_such_function();\n'
  writeFileSync(path.join(folder, '99999999999999_broken', 'migration.sql'), sql)
  await expect(migrate({ ownerUrl, folder })).rejects.toThrow(/no_such_function/)
  await expect(migrate({ ownerUrl, folder })).rejects.toMatchObject({ code: 'MIGRATION_FAILED' })
})

it('sets passwords again and again, also from several starters, and each login then works', async () => {
  const passwords = { gateway: "it's; new", registrar: 'r2', auth: 'a2' }
  await Promise.all(Array.from({ length: 6 }, () => setRolePasswords({ ownerUrl: test.ownerUrl, passwords })))
  const database = await openDatabase({ url: loginUrl(test.ownerUrl, 'gateway', passwords.gateway), role: 'gateway' })
  await database.close()
})

describe('an owner who is no superuser', () => {
  const passwords = { gateway: 'gateway-test', registrar: 'registrar-test', auth: 'auth-test' }
  const prepare = (ownerUrl: string) => prepareDatabase({ ownerUrl, passwords })
  const as = (login: string, database: string, password = 'pass'): string => {
    const url = new URL(urlOf(database))
    Object.assign(url, { username: login, password })
    return url.toString()
  }
  const refusal = (code: string, ...words: string[]) => ({
    code,
    field: 'DATABASE_URL',
    message: expect.stringMatching(words.join('.*')),
  })
  const ours = 'lethe_gateway, lethe_registrar, lethe_auth, lethe_platform'

  beforeAll(async () => {
    await test.owner.query("CREATE ROLE plain LOGIN CREATEROLE PASSWORD 'pass'")
    await test.owner.query("CREATE ROLE weak LOGIN PASSWORD 'pass'")
    await test.owner.query('CREATE DATABASE plainly OWNER plain')
    await test.owner.query('CREATE DATABASE weakly OWNER weak')
    await test.owner.query("CREATE DATABASE latin OWNER plain ENCODING LATIN1 LOCALE 'C' TEMPLATE template0")
  })

  it('is told, before anything is changed, by what its address would not do and how to mend it', async () => {
    const plain = as('plain', 'plainly')
    await expect(prepare(as('plain', 'plainly', 'wrong'))).rejects.toMatchObject(
      refusal('DATABASE_SIGN_IN_REFUSED', 'plain', 'correct name and password'),
    )
    await expect(prepare('postgresql://plain:pass@127.0.0.1:1/plainly')).rejects.toMatchObject(
      refusal('DATABASE_UNREACHABLE', '127.0.0.1:1', 'ECONNREFUSED', 'start it'),
    )
    await expect(prepare(as('plain', 'nowhere'))).rejects.toMatchObject(
      refusal('DATABASE_MISSING', 'CREATE DATABASE nowhere OWNER plain'),
    )
    await expect(prepare(as('weak', 'weakly'))).rejects.toMatchObject(
      refusal('DATABASE_OWNER_UNFIT', 'weak', 'ALTER ROLE weak CREATEROLE'),
    )
    await expect(prepare(as('plain', 'weakly'))).rejects.toMatchObject(
      refusal('DATABASE_OWNER_UNFIT', 'does not own', 'ALTER DATABASE weakly OWNER TO plain'),
    )
    // Another installation made the logins, which belong to the whole server.
    await expect(prepare(plain)).rejects.toMatchObject(
      refusal('DATABASE_OWNER_UNFIT', 'lethe_auth', 'TO plain WITH ADMIN OPTION'),
    )
    await test.owner.query(`GRANT ${ours} TO plain WITH ADMIN OPTION`)
    await expect(prepare(as('plain', 'latin'))).rejects.toMatchObject(
      refusal('DATABASE_OWNER_UNFIT', 'LATIN1', 'ENCODING UTF8'),
    )
  })

  it('prepares a database that the services may use, and again; a login that may bypass row-level security is refused', async () => {
    const ownerUrl = as('plain', 'plainly')
    expect((await prepare(ownerUrl)).length).toBeGreaterThan(1)
    expect(await prepare(ownerUrl)).toEqual([])
    for (const login of ['gateway', 'registrar', 'auth'] as const) {
      await test.owner.query(`ALTER ROLE lethe_${login} BYPASSRLS`)
      await expect(prepare(ownerUrl)).rejects.toMatchObject(
        refusal('LOGIN_UNSAFE', 'bypass', `ALTER ROLE lethe_${login} NOBYPASSRLS`),
      )
      await test.owner.query(`ALTER ROLE lethe_${login} NOBYPASSRLS`)
    }
    const database = await openDatabase({ url: loginUrl(ownerUrl, 'gateway', passwords.gateway), role: 'gateway' })
    await database.close()
  })
})

it("Prisma's CLI, offline, agrees that the applier left nothing to do and that schema and migrations are one", async () => {
  const status = await prisma(test.ownerUrl, 'migrate', 'status')
  expect(status.stdout).toContain('up to date')
  const diff = ['migrate', 'diff', '--exit-code', '--to-schema', 'prisma/schema']
  await prisma(test.ownerUrl, ...diff, '--from-migrations', 'prisma/migrations')
  await prisma(test.ownerUrl, ...diff, '--from-config-datasource')
}, 180_000)

it('negative control: a column that only the database has is drift', async () => {
  await test.owner.query('ALTER TABLE inbox ADD COLUMN stray int')
  const diff = prisma(
    test.ownerUrl,
    'migrate',
    'diff',
    '--exit-code',
    '--from-config-datasource',
    '--to-schema',
    'prisma/schema',
  )
  await expect(diff).rejects.toMatchObject({ code: 2 })
}, 120_000)
