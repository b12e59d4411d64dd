import { appendEvidence, logNodesOf, migrate } from '@lethe/db'
import { openOwner } from '@lethe/db/testing'
import { predicateType } from '@lethe/domain'
import { appendLeaves, type CachedNode, emptyFrontier, leafHash, MerkleTree } from '@lethe/ledger'
import { readConsistencyProof, readInclusionProof, readRoot } from '@lethe/ledger'
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Rig, startRig } from '../testing/rig.js'
import { integratePending } from './integrate-pending.js'

const migrations = path.resolve(import.meta.dirname, '../../../../prisma/migrations')
const kind = 'run-ended/v1' as const
const bodyOf = (n: number): string => JSON.stringify({ predicate: { n }, predicateType: predicateType(kind) })

let rig: Rig
let scratch: string
beforeAll(async () => {
  rig = await startRig()
  scratch = mkdtempSync(path.join(tmpdir(), 'lethe-log-nodes-'))
})
afterAll(async () => {
  await rig.stop()
  rmSync(scratch, { recursive: true, force: true })
})

async function append(tenantId: string, from: number, to: number): Promise<void> {
  await rig.gateway.forTenant(tenantId).$transaction(async (tx) => {
    for (let n = from; n < to; n++) await appendEvidence(tx, tenantId, { kind, body: bodyOf(n) })
  })
}
const integrate = (tenantId: string) =>
  rig.context.db
    .forTenant(tenantId)
    .$transaction((tx) => integratePending(tx, { tenantId, signer: rig.options.signerOf(tenantId), now: new Date() }))

it('proves any signed size from the database as a tree in memory would, and shows no tenant the nodes of another', async () => {
  const [tenantId, other] = [await rig.test.createTenant(), await rig.test.createTenant()]
  const sizes = [1, 255, 256, 300, 700]
  for (const [at, size] of sizes.entries()) {
    await append(tenantId, sizes[at - 1] ?? 0, size)
    expect((await integrate(tenantId))?.size).toBe(BigInt(size))
  }
  const db = rig.gateway.forTenant(tenantId)
  expect(await db.logNode.count()).toBe(2)
  const tree = new MerkleTree(Array.from({ length: 700 }, (_, n) => leafHash(Buffer.from(bodyOf(n)))))
  const read = logNodesOf(db, tenantId)
  for (const size of sizes) {
    expect(await readRoot(size, read)).toEqual(tree.root(size))
    expect(await readInclusionProof(size >> 1, size, read)).toEqual(tree.inclusionProof(size >> 1, size))
    for (const first of sizes.filter((earlier) => earlier <= size))
      expect(await readConsistencyProof(first, size, read)).toEqual(tree.consistencyProof(first, size))
  }
  expect(await rig.gateway.forTenant(other).logNode.findMany({ where: { tenantId } })).toEqual([])
  await expect(readRoot(700, logNodesOf(rig.gateway.forTenant(other), tenantId))).rejects.toMatchObject({
    code: 'NODES_MISSING',
  })
})

it.each([
  ['gateway', 'INSERT INTO log_node VALUES ($1, 1, 9, sha256($2))', /permission denied/],
  ['gateway', "UPDATE log_node SET hash = sha256('x')", /permission denied/],
  ['registrar', 'DELETE FROM log_node', /permission denied/],
  ['owner', "UPDATE log_node SET hash = sha256('x')", /append-only/],
  ['owner', 'TRUNCATE log_node', /append-only/],
] as const)('lets the %s not "%s"', async (who, sql, refusal) => {
  const values = sql.includes('$2') ? [await rig.test.createTenant(), Buffer.of(1)] : []
  const database = who === 'owner' ? rig.test.owner : (who === 'gateway' ? rig.gateway : rig.context.db).pool
  await expect(database.query(sql, values)).rejects.toThrow(refusal)
})

it('gives logs from before there were nodes theirs when it migrates: what the newest checkpoint covers', async () => {
  const folder = path.join(scratch, 'migrations')
  cpSync(migrations, folder, { recursive: true })
  const later = readdirSync(folder).filter((name) => name >= '20261128191000' && name !== 'migration_lock.toml')
  for (const name of later) rmSync(path.join(folder, name), { recursive: true })
  const ownerUrl = rig.test.ownerUrl.replace(/lethe$/, 'before_nodes')
  await migrate({ ownerUrl, folder })
  const owner = openOwner(ownerUrl)
  const tenantId = crypto.randomUUID()
  await owner.query("INSERT INTO tenant (id, name, slug) VALUES ($1, 'Old', 'old')", [tenantId])
  await owner.query(
    `INSERT INTO evidence (tenant_id, kind, body)
     SELECT $1, $2::text, '{"predicate":{"n":' || n || '},"predicateType":"https://lethe.dev/evidence/' || $2::text || '"}'
     FROM generate_series(0, 66047) AS n`,
    [tenantId, kind],
  )
  await owner.query(`INSERT INTO log_checkpoint VALUES ($1, 65900, sha256(''), '', '', '{}')`, [tenantId])
  expect(await migrate({ ownerUrl })).toContain('20261128191000_log_nodes')

  const expected: CachedNode[] = []
  const leaves = Array.from({ length: 65_900 }, (_, n) => leafHash(Buffer.from(bodyOf(n))))
  appendLeaves(emptyFrontier, leaves, (node) => expected.push(node))
  const { rows } = await owner.query<{ level: number; index: string; hash: Buffer }>(
    'SELECT level, index, hash FROM log_node WHERE tenant_id = $1 ORDER BY level, index',
    [tenantId],
  )
  const placed = (node: { level: number; index: number | string; hash: Uint8Array }) =>
    `${node.level}:${node.index}:${Buffer.from(node.hash).toString('hex')}`
  expect(rows).toHaveLength(258)
  expect(rows.map(placed).sort()).toEqual(expected.map(placed).sort())
  const { rows: unforced } = await owner.query(
    "SELECT relname FROM pg_class WHERE relname IN ('evidence', 'log_checkpoint', 'log_node') AND NOT relforcerowsecurity",
  )
  expect(unforced).toEqual([])
  await owner.end()
})
