import { createHash } from 'node:crypto'
import { type EvidenceEntry, EvidenceKind, predicateType } from '@lethe/domain'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Database } from './database.js'
import { appendEvidence, appendEvidenceBatch, readLeafHashes, requestEntryNumbers } from './evidence.js'
import { newId } from './new-id.js'
import { recordEntries } from './record-evidence.js'
import { startTestDatabase, type TestDatabase } from './testing/test-database.js'

let test: TestDatabase
let gateway: Database
let registrar: Database
let tenantId: string

const kind = 'clock-changed/v1' as const
const bodyOf = (n: number, of = kind): string =>
  JSON.stringify({ predicate: { n, text: 'ü€\u2028' }, predicateType: predicateType(of) })
const append = (database: Database, tenant: string, n: number) =>
  database.forTenant(tenant).$transaction((tx) => appendEvidence(tx, tenant, { kind, body: bodyOf(n) }))

beforeAll(async () => {
  test = await startTestDatabase()
  ;[gateway, registrar] = await Promise.all([test.open('gateway'), test.open('registrar')])
  tenantId = await test.createTenant()
})
afterAll(() => test.stop())

const sha256 = (...parts: Uint8Array[]): Buffer => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

/** Where a tenant's chain is broken, or null: gaps, links, and hashes computed here anew. */
async function findFault(tenant: string): Promise<string | null> {
  let previous: Buffer = Buffer.alloc(32)
  let seq = 0n
  for (const row of await gateway.forTenant(tenant).evidence.findMany({ orderBy: { seq: 'asc' } })) {
    seq += 1n
    const seqBytes = Buffer.alloc(8)
    seqBytes.writeBigInt64BE(seq)
    const body = Buffer.from(row.body, 'utf8')
    const hash = sha256(
      Buffer.of(0),
      previous,
      seqBytes,
      Buffer.from(tenant.replaceAll('-', ''), 'hex'),
      sha256(Buffer.from(row.kind)),
      sha256(body),
    )
    if (row.seq !== seq) return `gap at ${seq}`
    if (!previous.equals(row.prevHash)) return `broken link at ${seq}`
    if (!hash.equals(row.hash)) return `hash at ${seq}`
    if (!sha256(Buffer.of(0), body).equals(row.leafHash)) return `leaf at ${seq}`
    previous = hash
  }
  return null
}

it('chains what two logins and two tenants append at once, without a gap', async () => {
  const other = await test.createTenant()
  const appended = await Promise.all(
    Array.from({ length: 60 }, (_, n) => append(n % 3 === 0 ? registrar : gateway, n % 2 === 0 ? tenantId : other, n)),
  )
  expect(
    appended
      .map(({ seq }) => Number(seq))
      .sort((x, y) => x - y)
      .slice(0, 4),
  ).toEqual([1, 1, 2, 2])
  for (const tenant of [tenantId, other]) {
    expect(await gateway.forTenant(tenant).evidence.count()).toBe(30)
    expect(await findFault(tenant)).toBeNull()
  }
  const leaves = await readLeafHashes(gateway.forTenant(tenantId), { tenantId, after: 10n, upTo: 20n })
  expect(leaves.map(({ seq }) => Number(seq))).toEqual([11, 12, 13, 14, 15, 16, 17, 18, 19, 20])
})

it('appends many in one statement as one after the other would, in their order', async () => {
  const tenant = await test.createTenant()
  const entries = Array.from({ length: 700 }, (_, n) => ({ kind, body: bodyOf(n) }))
  const client = gateway.forTenant(tenant)
  const rows = await client.$transaction((tx) => appendEvidenceBatch(tx, tenant, entries))
  expect(rows.map(({ seq }) => Number(seq))).toEqual(entries.map((_, n) => n + 1))
  const stored = await client.evidence.findMany({ orderBy: { seq: 'asc' } })
  expect(stored.map(({ body }) => body)).toEqual(entries.map(({ body }) => body))
  expect(await findFault(tenant)).toBeNull()
  expect(await appendEvidenceBatch(client, tenant, [])).toEqual([])
  await expect(appendEvidenceBatch(client, tenantId, entries)).rejects.toThrow(/row-level/)
})

it('numbers the entries of each request without a gap or a double, whoever appends at the same time', async () => {
  const tenant = await test.createTenant()
  const requests = [newId(), newId()]
  const append = (database: Database, entries: number, fails: boolean) =>
    database
      .forTenant(tenant)
      .$transaction(
        async (tx) => {
          const numberOf = requestEntryNumbers(tx, tenant)
          for (let entry = 0; entry < entries; entry++)
            for (const requestId of requests) {
              const recorded = { requestEntry: await numberOf(requestId) }
              const body = JSON.stringify({ predicate: { recorded }, predicateType: predicateType(kind) })
              await appendEvidence(tx, tenant, { kind, requestId, body })
            }
          if (fails) throw new Error('no')
        },
        { maxWait: 60_000, timeout: 60_000 },
      )
      .catch((error: unknown) => {
        if (!fails) throw error
      })
  await Promise.all(
    Array.from({ length: 16 }, (_, n) => append(n % 2 === 0 ? registrar : gateway, 1 + (n % 3), n % 5 === 0)),
  )
  const rows = await gateway.forTenant(tenant).evidence.findMany({ orderBy: { seq: 'asc' } })
  for (const requestId of requests) {
    const numbers = rows.filter((row) => row.requestId === requestId).map(numberIn)
    expect(numbers.length).toBeGreaterThan(16)
    expect(numbers).toEqual(numbers.map((_, index) => index + 1))
  }
  // Negative control: a number that is taken is refused, whoever counts wrongly.
  const again = { kind, requestId: requests[0] ?? '', body: rows[0]?.body ?? '' }
  await expect(gateway.forTenant(tenant).$transaction((tx) => appendEvidence(tx, tenant, again))).rejects.toThrow(
    /evidence_request_entry/,
  )
})

it('records what one transaction did in its order, numbered within each request, and announces every entry', async () => {
  const tenant = await test.createTenant()
  const [one, other] = [newId(), newId()]
  const entries = [one, undefined, other, one].map((erasureRequestId) => ({
    kind,
    subjects: [],
    predicate: {},
    ...(erasureRequestId === undefined ? {} : { erasureRequestId }),
  })) as unknown as EvidenceEntry[]
  const client = gateway.forTenant(tenant)
  const numbers = await client.$transaction((tx) =>
    recordEntries(tx, { tenantId: tenant, entries, now: new Date() }, (entry, { requestEntry }) =>
      JSON.stringify({ predicate: { recorded: { requestEntry } }, predicateType: predicateType(entry.kind) }),
    ),
  )
  expect(numbers).toEqual([1n, 2n, 3n, 4n])
  const rows = await client.evidence.findMany({ orderBy: { seq: 'asc' } })
  expect(rows.map((row) => [row.requestId, numberIn(row)])).toEqual([
    [one, 1],
    [null, undefined],
    [other, 1],
    [one, 2],
  ])
  const announced = await client.outbox.findMany()
  // Ids of one millisecond are in no order.
  const bySeq = announced.map(({ payload }) => payload as { id: string }).sort((x, y) => Number(x.id) - Number(y.id))
  expect(bySeq).toMatchObject(numbers.map((seq) => ({ aggregate: 'evidence', id: String(seq), tenantId: tenant })))
  expect(await findFault(tenant)).toBeNull()
})

const numberIn = ({ body }: { body: string }): number =>
  (JSON.parse(body) as { predicate: { recorded: { requestEntry: number } } }).predicate.recorded.requestEntry

it('leaves no gap when a transaction is rolled back', async () => {
  const before = await gateway.forTenant(tenantId).evidence.count()
  const failing = gateway.forTenant(tenantId).$transaction(async (tx) => {
    await appendEvidence(tx, tenantId, { kind, body: bodyOf(1) })
    throw new Error('no')
  })
  await expect(failing).rejects.toThrow('no')
  expect(Number((await append(gateway, tenantId, 2)).seq)).toBe(before + 1)
  expect(await findFault(tenantId)).toBeNull()
})

it.each([
  "UPDATE evidence SET body = '{}' WHERE seq = 1",
  'DELETE FROM evidence WHERE seq = 1',
  'TRUNCATE evidence',
  "UPDATE audit SET verdict = 'PASS'",
  'DELETE FROM approval',
  'DELETE FROM sla_clock_event',
  'DELETE FROM promotion',
  "UPDATE log_checkpoint SET note = ''",
])('neither login may "%s"', async (sql) => {
  for (const database of [gateway, registrar])
    await expect(database.forTenant(tenantId).$executeRawUnsafe(sql)).rejects.toThrow(/permission denied/)
})

it('refuses the owner and superusers, also under replication', async () => {
  const refusal = /append-only/
  await expect(test.owner.query("UPDATE evidence SET body = '{}' WHERE seq = 1")).rejects.toThrow(refusal)
  await expect(test.owner.query('DELETE FROM evidence')).rejects.toThrow(refusal)
  const client = await test.owner.connect()
  await client.query("SET session_replication_role = 'replica'")
  await expect(client.query('DELETE FROM evidence')).rejects.toThrow(refusal)
  client.release(true)
})

it.each(['evidence', 'log_checkpoint', 'promotion', 'sla_clock_event', 'approval', 'audit', 'forget_set_sample'])(
  'refuses a superuser who would truncate %s',
  async (table) => {
    await expect(test.owner.query(`TRUNCATE ${table} CASCADE`)).rejects.toThrow(/append-only/)
  },
)

it('lets nobody choose a sequence number or hash, or append to another tenant', async () => {
  const other = await test.createTenant()
  await expect(
    gateway.forTenant(tenantId).$executeRaw`
      INSERT INTO evidence (tenant_id, seq, kind, body) VALUES (${tenantId}::uuid, 999, ${kind}, ${bodyOf(1)})`,
  ).rejects.toThrow(/permission denied/)
  await expect(appendEvidence(gateway.forTenant(tenantId), other, { kind, body: bodyOf(1) })).rejects.toThrow(
    /row-level/,
  )
})

it('knows exactly the kinds of the domain, and refuses a body of another kind', async () => {
  const tenant = await test.createTenant()
  for (const each of EvidenceKind.options)
    await appendEvidence(gateway.forTenant(tenant), tenant, { kind: each, body: bodyOf(1, each as typeof kind) })
  const { rows } = await test.owner.query<{ def: string }>(
    "SELECT pg_get_constraintdef(oid) AS def FROM pg_constraint WHERE conname = 'evidence_kind'",
  )
  const known = [...(rows[0]?.def ?? '').matchAll(/[a-z-]+\/v\d+/g)].map(([kind]) => kind)
  expect(known.sort()).toEqual([...EvidenceKind.options].sort())
  const mismatch = { kind: 'model-trained/v1', body: bodyOf(1) } as const
  await expect(appendEvidence(gateway.forTenant(tenant), tenant, mismatch)).rejects.toThrow(/evidence_statement/)
  const unknown = { kind: 'nothing-happened/v1', body: bodyOf(1, 'nothing-happened/v1' as typeof kind) } as never
  await expect(appendEvidence(gateway.forTenant(tenant), tenant, unknown)).rejects.toThrow(/evidence_kind/)
})

it('negative control: a hand edit behind the triggers is found', async () => {
  await test.owner.query('ALTER TABLE evidence DISABLE TRIGGER append_only')
  await test.owner.query('UPDATE evidence SET body = replace(body, $2, $3) WHERE tenant_id = $1 AND seq = 7', [
    tenantId,
    'ü',
    'u',
  ])
  await test.owner.query('ALTER TABLE evidence ENABLE ALWAYS TRIGGER append_only')
  expect(await findFault(tenantId)).toBe('hash at 7')
})
