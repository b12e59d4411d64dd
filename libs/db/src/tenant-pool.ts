import pg from 'pg'
import { awaitedTableOf, type AwaitedTable } from './committed-notices.js'
import { databaseError } from './errors.js'

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

const isCommand = (query: unknown, command: 'BEGIN' | 'COMMIT'): boolean =>
  typeof query === 'object' && query !== null && (query as { text?: unknown }).text === command

/**
 * One tenant's view of a shared pool: every statement runs in a transaction that carries the tenant. It is a pg.Pool
 * because Prisma's adapter takes nothing else, but opens no connection of its own.
 *
 * A statement that reached the database without the tenant would see no row at all: the policies compare with null.
 */
export class TenantPool extends pg.Pool {
  readonly #shared: pg.Pool
  readonly #begin: string

  /** @throws DomainError TENANT_INVALID unless the id is a UUID in lower case. */
  constructor(
    shared: pg.Pool,
    tenantId: string,
    private readonly onCommitted: (tables: ReadonlySet<AwaitedTable>) => void = () => undefined,
  ) {
    super({ max: 1 })
    if (!uuid.test(tenantId)) throw databaseError('TENANT_INVALID', 'A tenant id is a UUID in lower case.', 'tenantId')
    this.#shared = shared
    // One round trip; SET LOCAL ends with the transaction, so nothing lingers on the connection.
    this.#begin = `BEGIN; SET LOCAL app.tenant_id = '${tenantId}'`
  }

  override connect(): Promise<pg.PoolClient>
  override connect(
    callback: (error: Error | undefined, client: pg.PoolClient | undefined, done: () => void) => void,
  ): void
  override connect(callback?: unknown): Promise<pg.PoolClient> | undefined {
    if (callback !== undefined) throw new TypeError('TenantPool.connect gives a promise and takes no callback.')
    return this.#lend()
  }

  /**
   * All three are sent at once, since the pool's connections are pipelined; where the statement fails, COMMIT rolls back. The
   * adapter calls query(config, values) and awaits; the callback forms of pg.Pool are not offered.
   */
  override query = (async (query: string | pg.QueryConfig, values?: unknown[]): Promise<pg.QueryResult> => {
    const client = await this.#shared.connect()
    const [begun, asked, ended] = await Promise.allSettled([
      client.query(this.#begin),
      client.query(query, values),
      client.query('COMMIT'),
    ])
    const failed = [asked, begun, ended].find((step) => step.status === 'rejected')
    // Of a connection that could not end its transaction nothing is known.
    client.release(begun.status === 'rejected' || ended.status === 'rejected')
    if (asked.status === 'rejected' || failed !== undefined) throw failed?.reason
    const table = awaitedTableOf(query)
    if (table !== undefined) this.onCommitted(new Set([table]))
    return asked.value
  }) as pg.Pool['query']

  /** A connection on which BEGIN also sets the tenant, and of whose commits is told what they appended. */
  async #lend(): Promise<pg.PoolClient> {
    const client = await this.#shared.connect()
    const runQuery = client.query.bind(client) as (query: unknown, values?: unknown) => Promise<pg.QueryResult>
    let appended = new Set<AwaitedTable>()
    const runNext = async (query: unknown, values?: unknown): Promise<pg.QueryResult> => {
      if (isCommand(query, 'BEGIN')) appended = new Set()
      const result = await runQuery(isCommand(query, 'BEGIN') ? this.#begin : query, values)
      const table = awaitedTableOf(query)
      if (table !== undefined) appended.add(table)
      if (isCommand(query, 'COMMIT')) this.onCommitted(appended)
      return result
    }
    // One after the other: Prisma asks several things of one transaction at once, and pg gives up queueing them.
    let last: Promise<unknown> = Promise.resolve()
    const run = (query: unknown, values?: unknown): Promise<pg.QueryResult> => {
      const next = last.then(() => runNext(query, values))
      last = next.catch(() => undefined)
      return next
    }
    return new Proxy(client, {
      get: (target, key) => {
        if (key === 'query') return run
        if (key === 'release') return (broken?: Error | boolean) => client.release(broken)
        const value: unknown = Reflect.get(target, key)
        return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value
      },
    })
  }
}
