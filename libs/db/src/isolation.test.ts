import { randomUUID } from 'node:crypto'
import { PrismaPg } from '@prisma/adapter-pg'
import { AsyncLocalStorage } from 'node:async_hooks'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Database, openDatabase } from './database.js'
import { PrismaClient } from './generated/client.js'
import { newId } from './new-id.js'
import { TenantPool } from './tenant-pool.js'
import { startTestDatabase, type TestDatabase } from './testing/test-database.js'

let test: TestDatabase
let db: Database
let a: string
let b: string
let datasetOfA: string

const createDataset = async (tenantId: string, name = randomUUID()): Promise<string> => {
  const id = newId()
  await db.forTenant(tenantId).dataset.create({ data: { id, tenantId, name } })
  return id
}

beforeAll(async () => {
  test = await startTestDatabase()
  db = await test.open('gateway')
  a = await test.createTenant()
  b = await test.createTenant()
  datasetOfA = await createDataset(a)
})
afterAll(() => test.stop())

/** What tenant b sees of tenant a's data, asked in every way a query can be asked. */
async function seenByOther(database: Database): Promise<unknown[]> {
  const other = database.forTenant(b)
  const [byId, many, raw, inTransaction] = await Promise.all([
    other.dataset.findUnique({ where: { tenantId_id: { tenantId: a, id: datasetOfA } } }),
    other.dataset.findMany({ where: { tenantId: a } }),
    other.$queryRaw<unknown[]>`SELECT * FROM dataset WHERE tenant_id = ${a}::uuid`,
    other.$transaction((tx) => tx.dataset.findMany({ where: { id: datasetOfA } })),
  ])
  return [byId, ...many, ...raw, ...inTransaction].filter((row) => row !== null)
}

describe('row-level security', () => {
  it("shows no other tenant's row, and the own ones", async () => {
    expect(await seenByOther(db)).toEqual([])
    expect(await db.forTenant(a).dataset.count({ where: { id: datasetOfA } })).toBe(1)
  })

  it('lets nobody write into another tenant', async () => {
    const other = db.forTenant(b)
    await expect(other.dataset.create({ data: { id: newId(), tenantId: a, name: 'planted' } })).rejects.toThrow(
      /row-level security/,
    )
    expect((await other.dataset.updateMany({ where: { id: datasetOfA }, data: { name: 'taken' } })).count).toBe(0)
    await expect(
      db.forTenant(a).dataset.updateMany({ where: { id: datasetOfA }, data: { tenantId: b } }),
    ).rejects.toThrow(/row-level security|foreign key/)
  })

  it('shows nothing at all to a statement without a tenant', async () => {
    expect((await db.pool.query('SELECT * FROM dataset')).rows).toEqual([])
    expect((await db.pool.query('SELECT * FROM tenant')).rows).toEqual([])
  })

  it('leaves no tenant behind on a connection', async () => {
    const narrow = await test.open('gateway', { maxConnections: 1 })
    await narrow.forTenant(a).dataset.count()
    const { rows } = await narrow.pool.query<{ tenant: string | null }>(
      "SELECT current_setting('app.tenant_id', true) AS tenant",
    )
    expect(rows[0]?.tenant ?? '').toBe('')
  })

  it('is on, forced and tenant-bound on every table, so that a new table cannot be forgotten', async () => {
    const { rows } = await test.owner.query<{ relname: string }>(`
      SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
        AND relname <> '_prisma_migrations' AND NOT (relrowsecurity AND relforcerowsecurity)`)
    expect(rows).toEqual([])
  })

  it('refuses an id that is no UUID, so that none can end the statement', () => {
    expect(() => db.forTenant("x'; RESET ROLE; --")).toThrow(/UUID/)
  })
})

describe('start', () => {
  const openAs = (url: string) => openDatabase({ url, role: 'gateway' }).then((opened) => opened.close())

  it('refuses a superuser, another login and a login that may bypass', async () => {
    await expect(openAs(test.ownerUrl)).rejects.toMatchObject({
      code: 'LOGIN_UNSAFE',
      message: expect.stringContaining('superuser'),
    })
    await expect(openAs(test.registrarUrl)).rejects.toMatchObject({ code: 'LOGIN_UNSAFE' })
    await test.owner.query('ALTER ROLE lethe_gateway BYPASSRLS')
    await expect(openAs(test.gatewayUrl)).rejects.toMatchObject({ message: expect.stringContaining('bypass') })
    await test.owner.query('ALTER ROLE lethe_gateway NOBYPASSRLS')
    await openAs(test.gatewayUrl)
  })

  it('refuses a login that owns a table', async () => {
    await test.owner.query('ALTER TABLE inbox OWNER TO lethe_gateway')
    await expect(openAs(test.gatewayUrl)).rejects.toMatchObject({ message: expect.stringContaining('owns inbox') })
    await test.owner.query('ALTER TABLE inbox OWNER TO postgres')
    await openAs(test.gatewayUrl)
  })

  it.each([
    ['ALTER TABLE dataset DISABLE ROW LEVEL SECURITY', 'ALTER TABLE dataset ENABLE ROW LEVEL SECURITY'],
    ['ALTER TABLE dataset NO FORCE ROW LEVEL SECURITY', 'ALTER TABLE dataset FORCE ROW LEVEL SECURITY'],
    ['CREATE POLICY wide ON dataset FOR SELECT USING (true)', 'DROP POLICY wide ON dataset'],
    ['CREATE POLICY wide ON dataset TO lethe_gateway USING (true)', 'DROP POLICY wide ON dataset'],
    ['CREATE TABLE forgotten (tenant_id uuid)', 'DROP TABLE forgotten'],
  ])('refuses to start after "%s"', async (fault, mend) => {
    await test.owner.query(fault)
    await expect(openAs(test.gatewayUrl)).rejects.toMatchObject({ code: 'ISOLATION_MISSING' })
    await test.owner.query(mend)
    await openAs(test.gatewayUrl)
  })

  it('refuses an empty database', async () => {
    await test.owner.query('CREATE DATABASE empty_one')
    await expect(openAs(test.gatewayUrl.replace(/lethe$/, 'empty_one'))).rejects.toMatchObject({
      code: 'ISOLATION_MISSING',
    })
  })
})

describe('negative controls: these checks see a leak when there is one', () => {
  it('finds the rows once the policy is gone', async () => {
    await test.owner.query('ALTER TABLE dataset DISABLE ROW LEVEL SECURITY')
    expect(await seenByOther(db)).not.toEqual([])
    await test.owner.query('ALTER TABLE dataset ENABLE ROW LEVEL SECURITY')
    expect(await seenByOther(db)).toEqual([])
  })

  /** Both tenants ask for a's dataset in one tick; gives what each got. */
  const askTogether = async (
    asA: PrismaClient,
    asB: PrismaClient,
    run: <T>(tenant: string, work: () => Promise<T>) => Promise<T>,
  ) => {
    const where = { tenantId_id: { tenantId: a, id: datasetOfA } }
    return Promise.all([
      run(a, async () => asA.dataset.findUnique({ where })),
      run(b, async () => asB.dataset.findUnique({ where })),
    ])
  }

  it('one client for all tenants leaks through batching; a client for each does not', async () => {
    const scope = new AsyncLocalStorage<string>()
    const shared = new pg.Pool({ pipeline: true, connectionString: test.gatewayUrl, max: 4 })
    class ScopedPool extends TenantPool {
      override connect = (() => new TenantPool(shared, scope.getStore() ?? a).connect()) as TenantPool['connect']
      override query = ((...args: [string]) =>
        new TenantPool(shared, scope.getStore() ?? a).query(...args)) as TenantPool['query']
    }
    const oneForAll = new PrismaClient({ adapter: new PrismaPg(new ScopedPool(shared, a)) })
    const [, leaked] = await askTogether(oneForAll, oneForAll, (tenant, work) => scope.run(tenant, work))
    expect(leaked).not.toBeNull()
    await oneForAll.$disconnect()
    await shared.end()

    const [own, other] = await askTogether(db.forTenant(a), db.forTenant(b), (_tenant, work) => work())
    expect(own?.id).toBe(datasetOfA)
    expect(other).toBeNull()
  })
})

describe('many tenants at once', () => {
  it('never mixes two tenants under concurrent reads, writes, transactions and evicted clients', async () => {
    const small = await test.open('gateway', { maxTenants: 1, maxConnections: 8 })
    const foreign: unknown[] = []
    const work = async (tenantId: string, i: number) => {
      const client = small.forTenant(tenantId)
      const id = newId()
      await client.dataset.create({ data: { id, tenantId, name: `d${i}-${id}` } })
      const rows = [
        await client.dataset.findUnique({ where: { tenantId_id: { tenantId, id } } }),
        ...(await client.$transaction(async (tx) => {
          await tx.dataset.update({ where: { tenantId_id: { tenantId, id } }, data: { description: 'x' } })
          return tx.dataset.findMany({ orderBy: { id: 'desc' }, take: 5 })
        })),
        ...(await client.$transaction([client.dataset.findFirstOrThrow()])),
      ]
      foreign.push(...rows.filter((row) => row?.tenantId !== tenantId))
    }
    await Promise.all(Array.from({ length: 30 }, (_, i) => work(i % 2 === 0 ? a : b, i)))
    expect(foreign).toEqual([])
  })

  it('lets what one transaction asks at once take turns, so that the driver has nothing to queue', async () => {
    const warnings: string[] = []
    const note = (warning: Error): unknown => warnings.push(warning.message)
    process.on('warning', note)
    const client = db.forTenant(a)
    await client.$transaction((tx) => Promise.all(Array.from({ length: 5 }, () => tx.dataset.count())))
    const failing = client.$transaction((tx) => Promise.all([tx.$queryRaw`SELECT 1 / 0`, tx.dataset.count()]))
    await expect(failing).rejects.toThrow(/division by zero/)
    await new Promise(setImmediate)
    expect(warnings).toEqual([])
    // Negative control: the driver itself warns of it.
    const bare = new pg.Client({ connectionString: test.gatewayUrl })
    await bare.connect()
    await Promise.all([bare.query('SELECT 1'), bare.query('SELECT 1'), bare.query('SELECT 1')])
    await bare.end()
    await new Promise(setImmediate)
    process.off('warning', note)
    expect(warnings).toEqual([expect.stringContaining('already executing a query')])
  })

  it('a statement that fails takes nothing with it, and leaves its connection fit for the next tenant', async () => {
    const narrow = await test.open('gateway', { maxConnections: 1 })
    const id = newId()
    const twice = { id, tenantId: a, name: `twice ${id}` }
    await narrow.forTenant(a).dataset.create({ data: twice })
    await expect(narrow.forTenant(a).dataset.create({ data: twice })).rejects.toThrow(/Unique constraint/)
    await expect(narrow.forTenant(a).$queryRaw`SELECT 1 / 0`).rejects.toThrow(/division by zero/)
    expect(await narrow.forTenant(b).dataset.count({ where: { id } })).toBe(0)
    expect(await narrow.forTenant(a).dataset.count({ where: { id } })).toBe(1)
    expect(narrow.pool.totalCount).toBe(1)
  })

  it('rolls back what fails, and gives the connection back', async () => {
    const narrow = await test.open('gateway', { maxConnections: 1 })
    const id = newId()
    const failing = narrow.forTenant(a).$transaction(async (tx) => {
      await tx.dataset.create({ data: { id, tenantId: a, name: randomUUID() } })
      throw new Error('changed my mind')
    })
    await expect(failing).rejects.toThrow('changed my mind')
    await expect(narrow.forTenant(a).$queryRaw`SELECT 1 / 0`).rejects.toThrow()
    expect(await narrow.forTenant(a).dataset.findMany({ where: { id } })).toEqual([])
  })
})
