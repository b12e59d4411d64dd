import { predicateType } from '@lethe/domain'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findPgBouncer, type PgBouncer, startPgBouncer } from '../../../test/kit/pgbouncer.js'
import { type Database, openDatabase, type TenantClient } from './database.js'
import { appendEvidence } from './evidence.js'
import { enqueueOutbox } from './outbox.js'
import { newId } from './new-id.js'
import { lockName } from './stores/lock.js'
import { startTestDatabase, type TestDatabase } from './testing/test-database.js'

let test: TestDatabase
let tenants: readonly string[]
let bouncer: PgBouncer | undefined
const pooler = await findPgBouncer()
const whyNot = 'missing' in pooler ? pooler.missing : ''

beforeAll(async () => {
  test = await startTestDatabase()
  tenants = await Promise.all(Array.from({ length: 24 }, () => test.createTenant()))
  const users = [test.gatewayUrl, test.registrarUrl]
  if (!('missing' in pooler)) bouncer = await startPgBouncer(pooler, { serverUrl: test.ownerUrl, users, poolSize: 3 })
})
afterAll(async () => {
  await bouncer?.stop()
  await test.stop()
})

const kind = 'clock-changed/v1' as const

/** Every row of a tenant carries the tenant's id in its name, too, which no policy looks at. */
const nameOf = (tenantId: string): string => `${tenantId} ${newId()}`

interface Work {
  readonly db: TenantClient
  readonly tenantId: string
  readonly n: number
}
/** Ids and marks in what a tenant was answered; each of them must be the tenant's own. */
type Operation = (work: Work) => Promise<readonly string[]>

const operations: readonly Operation[] = [
  async ({ db, tenantId }) => {
    const row = await db.dataset.create({ data: { id: newId(), tenantId, name: nameOf(tenantId) } })
    return [row.tenantId, row.name]
  },
  async ({ db }) => (await db.dataset.findMany({ take: 50 })).flatMap((row) => [row.tenantId, row.name]),
  // Asked for in one tick, which Prisma makes one query of.
  async ({ db, tenantId }) => {
    const asked = await Promise.all(tenants.map((id) => db.tenant.findUnique({ where: { id } })))
    return asked.map((row, index) => row?.id ?? (tenants[index] === tenantId ? 'not found' : tenantId))
  },
  async ({ db }) =>
    (await db.$queryRaw<{ tenant_id: string }[]>`SELECT tenant_id FROM dataset LIMIT 20`).map((row) => row.tenant_id),
  async ({ db, tenantId, n }) =>
    db.$transaction(async (tx) => {
      await lockName(tx, `concurrency:${tenantId}`)
      const before = await tx.dataset.findMany({ orderBy: { id: 'desc' }, take: 5 })
      await tx.dataset.create({ data: { id: newId(), tenantId, name: nameOf(tenantId) } })
      await enqueueOutbox(tx, { tenantId, contract: 'aggregate-changed', payload: { tenantId, n } })
      const body = JSON.stringify({ predicate: { tenantId }, predicateType: predicateType(kind) })
      await appendEvidence(tx, tenantId, { kind, body })
      return before.flatMap((row) => [row.tenantId, row.name])
    }),
  // What fails gives its connection back without a trace.
  async ({ db, tenantId }) => {
    const other = tenants.find((id) => id !== tenantId) ?? ''
    const planted = db.dataset.create({ data: { id: newId(), tenantId: other, name: 'planted' } })
    return [
      await planted.then(
        () => 'planted',
        () => tenantId,
      ),
    ]
  },
]

/** Every operation of every tenant, many at once, in an order that mixes them. @returns what was not the asker's. */
async function runMixed(database: Database, count: number, atOnce: number): Promise<string[]> {
  const strangers: string[] = []
  let next = 0
  const worker = async (): Promise<void> => {
    for (let n = next++; n < count; n = next++) {
      // In no order, so that some clients are at hand and some are not.
      const tenantId = tenants[((n * n * 31 + n * 7) % 101) % tenants.length] ?? ''
      const operation = operations[n % operations.length] as Operation
      const seen = await operation({ db: database.forTenant(tenantId), tenantId, n })
      strangers.push(...seen.filter((mark) => !mark.startsWith(tenantId)))
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return strangers
}

/** What the owner of the database sees afterwards: rows whose name and tenant disagree, gaps in a log. */
async function misplaced(): Promise<unknown[]> {
  const { rows } = await test.owner.query<Record<string, unknown>>(
    `SELECT tenant_id, name FROM dataset WHERE name NOT LIKE tenant_id || '%'
     UNION ALL SELECT tenant_id, payload->>'tenantId' FROM outbox WHERE payload->>'tenantId' <> tenant_id::text
     UNION ALL SELECT tenant_id, body FROM evidence WHERE body NOT LIKE '%' || tenant_id || '%'
     UNION ALL SELECT tenant_id, 'gap' FROM evidence GROUP BY tenant_id HAVING count(*) <> max(seq)`,
  )
  return rows
}

describe('thousands of mixed operations of many tenants through one pool', () => {
  it('give nobody anything of another tenant', async () => {
    // Fewer clients than tenants, so that clients are let go of and made anew meanwhile.
    const database = await test.open('gateway', { maxConnections: 6, maxTenants: 20 })
    expect(await runMixed(database, 1500, 32)).toEqual([])
    expect(await misplaced()).toEqual([])
  }, 180_000)
})

describe.skipIf(whyNot !== '')(`through PgBouncer in transaction mode${whyNot && `: ${whyNot}`}`, () => {
  const open = (maxConnections: number) =>
    openDatabase({ url: bouncer?.through(test.gatewayUrl) ?? '', role: 'gateway', maxConnections, maxTenants: 64 })

  it('they give nobody anything of another tenant either', async () => {
    const database = await open(12)
    expect(await runMixed(database, 1500, 32)).toEqual([])
    expect(await misplaced()).toEqual([])
    await database.close()
  }, 180_000)

  it('negative control: a tenant that is set for the session, not for the transaction, is seen to leak', async () => {
    const pool = new pg.Pool({ connectionString: bouncer?.through(test.gatewayUrl), max: 12 })
    const strangers: string[] = []
    const ask = async (tenantId: string): Promise<void> => {
      const client = await pool.connect()
      await client.query(`SET app.tenant_id = '${tenantId}'`)
      const { rows } = await client.query<{ tenant_id: string }>('SELECT tenant_id FROM dataset LIMIT 5')
      strangers.push(...rows.map((row) => row.tenant_id).filter((seen) => seen !== tenantId))
      client.release()
    }
    for (let round = 0; round < 20; round++) await Promise.all(tenants.map(ask))
    await pool.end()
    expect(strangers.length).toBeGreaterThan(0)
  })
})
