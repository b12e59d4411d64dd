import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { openDatabase, type Database } from '../database.js'
import { loginUrl, setRolePasswords } from '../logins.js'
import { newId } from '../new-id.js'
import { startMigratedPostgres } from './start-migrated-postgres.js'

export { startMigratedPostgres }

/** A real PostgreSQL with the migrations applied, thrown away afterwards. */
export interface TestDatabase {
  readonly ownerUrl: string
  readonly gatewayUrl: string
  readonly registrarUrl: string
  /** Connections as the owner, who is a superuser: for planting faults and looking behind the policies. */
  readonly owner: pg.Pool
  open(role: 'gateway' | 'registrar', options?: { maxTenants?: number; maxConnections?: number }): Promise<Database>
  /** A tenant, made as the gateway makes one. */
  createTenant(): Promise<string>
  stop(): Promise<void>
}

/** Connections as the owner of any database, let go of at once so that its server may stop and come again. */
export function openOwner(ownerUrl: string): pg.Pool {
  const owner = new pg.Pool({ connectionString: ownerUrl, max: 4, idleTimeoutMillis: 100 })
  owner.on('error', () => undefined)
  return owner
}

const passwords = { gateway: 'gateway-test', registrar: 'registrar-test', auth: 'auth-test' }

export async function startTestDatabase(): Promise<TestDatabase> {
  const stateDir = mkdtempSync(path.join(tmpdir(), 'lethe-db-test-'))
  const server = await startMigratedPostgres(stateDir)
  const ownerUrl = server.url
  await setRolePasswords({ ownerUrl, passwords })
  const owner = openOwner(ownerUrl)
  const urls = {
    gateway: loginUrl(ownerUrl, 'gateway', passwords.gateway),
    registrar: loginUrl(ownerUrl, 'registrar', passwords.registrar),
  }
  const opened: Database[] = []
  const open: TestDatabase['open'] = async (role, options = {}) => {
    const database = await openDatabase({ url: urls[role], role, ...options })
    opened.push(database)
    return database
  }
  let gateway: Promise<Database> | undefined
  return {
    ownerUrl,
    gatewayUrl: urls.gateway,
    registrarUrl: urls.registrar,
    owner,
    open,
    createTenant: async () => {
      const id = newId()
      const db = await (gateway ??= open('gateway'))
      await db.forTenant(id).tenant.create({ data: { id, name: `Tenant ${id.slice(-4)}`, slug: id } })
      return id
    },
    stop: async () => {
      await Promise.all(opened.map((database) => database.close()))
      await owner.end()
      await server.stop()
      rmSync(stateDir, { recursive: true, force: true })
    },
  }
}
