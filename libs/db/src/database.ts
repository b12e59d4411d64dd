import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { assertIsolation } from './assert-isolation.js'
import { CommittedNotices } from './committed-notices.js'
import { type Prisma, PrismaClient } from './generated/client.js'
import { type Login, logins } from './logins.js'
import { TenantPool } from './tenant-pool.js'

/** Sees and changes one tenant's rows only, whatever it asks for. */
export type TenantClient = PrismaClient
/** A transaction of one tenant. */
export type Tx = Prisma.TransactionClient

export interface DatabaseOptions {
  readonly url: string
  /** The login that the URL must carry. */
  readonly role: Exclude<Login, 'auth'>
  readonly maxConnections?: number
  /** Tenants whose client is kept; each costs a few megabytes. */
  readonly maxTenants?: number
  /** Hears of broken connections; the pool replaces them by itself. */
  readonly onConnectionError?: (error: Error) => void
}

export interface Database {
  /**
   * The client of one tenant. Never share one between tenants: Prisma batches `findUnique` calls of one tick, so a
   * shared client can hand one tenant another's row.
   *
   * @throws DomainError TENANT_INVALID unless the id is a UUID in lower case.
   */
  forTenant(tenantId: string): TenantClient
  /** Connections without a tenant: for the functions that look across tenants, and for health. Sees no tenant's rows. */
  readonly pool: pg.Pool
  close(): Promise<void>
}

/**
 * Opens the database as a login for which row-level security holds.
 *
 * @throws DomainError LOGIN_UNSAFE, ISOLATION_MISSING
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.maxConnections ?? 16,
    // A statement and the transaction around it go in one round trip; see TenantPool.
    pipeline: true,
    application_name: logins[options.role],
  })
  // Without a listener a connection that breaks, idle or lent, would end the process. Who uses it hears of it anyway.
  const onError = (error: Error): void => options.onConnectionError?.(error)
  pool.on('error', onError)
  pool.on('connect', (client) => client.on('error', onError))
  try {
    await assertIsolation(pool, logins[options.role])
  } catch (error) {
    await pool.end()
    throw error
  }
  const notices = new CommittedNotices(pool)
  const tenants = new TenantClients(pool, notices, options.maxTenants ?? 64)
  return {
    pool,
    forTenant: (tenantId) => tenants.of(tenantId),
    close: async () => {
      await tenants.close()
      await notices.settle()
      await pool.end()
    },
  }
}

/** Clients by tenant, least recently used first. */
class TenantClients {
  readonly #clients = new Map<string, PrismaClient>()

  constructor(
    private readonly pool: pg.Pool,
    private readonly notices: CommittedNotices,
    private readonly max: number,
  ) {}

  of(tenantId: string): PrismaClient {
    const client = this.#clients.get(tenantId) ?? this.#open(tenantId)
    this.#clients.delete(tenantId)
    this.#clients.set(tenantId, client)
    this.#letGo()
    return client
  }

  async close(): Promise<void> {
    await Promise.all([...this.#clients.values()].map((client) => client.$disconnect()))
    this.#clients.clear()
  }

  #open(tenantId: string): PrismaClient {
    const view = new TenantPool(this.pool, tenantId, (tables) => this.notices.tell(tenantId, tables))
    return new PrismaClient({
      adapter: new PrismaPg(view),
      transactionOptions: { maxWait: 10_000, timeout: 30_000 },
    })
  }

  /**
   * Forgets the longest unused client. It is not disconnected: whoever holds it may just be beginning a transaction, which
   * that would end. It has no connection of its own, and goes when nobody holds it.
   */
  #letGo(): void {
    const [oldest] = this.#clients.keys()
    if (this.#clients.size > this.max && oldest !== undefined) this.#clients.delete(oldest)
  }
}
