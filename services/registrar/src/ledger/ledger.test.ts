import { appendEvidence, type Tx } from '@lethe/db'
import { predicateType } from '@lethe/domain'
import {
  emptyRoot,
  leafHash,
  MerkleTree,
  parseLogGrowth,
  verifyConsistency,
  verifyInclusion,
  verifyLogCheckpoint,
} from '@lethe/ledger'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Rig, startRig, until } from '../testing/rig.js'
import { CheckpointPublisher } from './checkpoint-publisher.js'
import { integratePending } from './integrate-pending.js'
import { LedgerKeeper } from './ledger-keeper.js'

let rig: Rig
beforeAll(async () => {
  rig = await startRig()
})
afterAll(() => rig.stop())

const kind = 'run-ended/v1' as const
const bodyOf = (n: number): string => JSON.stringify({ predicate: { n }, predicateType: predicateType(kind) })
const append = async (tenantId: string, count: number) => {
  for (let n = 0; n < count; n++)
    await rig.gateway
      .forTenant(tenantId)
      .$transaction((tx: Tx) => appendEvidence(tx, tenantId, { kind, body: bodyOf(n) }))
}
const keeper = () =>
  new LedgerKeeper(rig.context, rig.options, new CheckpointPublisher(rig.artifacts, rig.checkpointDir))
const checkpoints = (tenantId: string) =>
  rig.gateway.forTenant(tenantId).logCheckpoint.findMany({ orderBy: { size: 'asc' } })
const publishedLatest = (tenantId: string) => readFileSync(path.join(rig.checkpointDir, tenantId, 'latest'), 'utf8')

it('signs a head that covers all evidence, verifiable from the rows with the public key alone', async () => {
  const tenantId = await rig.test.createTenant()
  const ledger = keeper()
  await append(tenantId, 3)
  await ledger.integrate(tenantId)
  await append(tenantId, 4)
  await ledger.integrate(tenantId)

  const rows = await rig.gateway.forTenant(tenantId).evidence.findMany({ orderBy: { seq: 'asc' } })
  const tree = new MerkleTree(rows.map(({ body }) => leafHash(Buffer.from(body))))
  const [first, second] = await checkpoints(tenantId)
  expect([first?.size, second?.size]).toEqual([3n, 7n])
  const head = verifyLogCheckpoint(second?.note ?? '', [rig.options.signerOf(tenantId)])
  expect(head).toMatchObject({ origin: `lethe.test/log/${tenantId}`, size: 7 })
  const proofOf = (body: string) => ({
    leafHash: leafHash(Buffer.from(body)),
    index: 5,
    size: head.size,
    path: tree.inclusionProof(5),
  })
  verifyInclusion(proofOf(rows[5]?.body ?? ''), head.root)
  expect(() => verifyInclusion(proofOf('forged'), head.root)).toThrow()
  expect(() => verifyLogCheckpoint(second?.note ?? '', [rig.options.signerOf(crypto.randomUUID())])).toThrow()
})

it('publishes every checkpoint outside the database, once; integrating again changes nothing', async () => {
  const tenantId = await rig.test.createTenant()
  await append(tenantId, 2)
  await Promise.all([keeper().integrate(tenantId), keeper().integrate(tenantId)])
  await keeper().integrate(tenantId)
  const [only, ...others] = await checkpoints(tenantId)
  expect(others).toEqual([])
  expect(publishedLatest(tenantId)).toBe(only?.note)
  expect(readFileSync(path.join(rig.checkpointDir, tenantId, '2'), 'utf8')).toBe(only?.note)
  // Files come whole, by way of drafts; none is left.
  expect(readdirSync(path.join(rig.checkpointDir, tenantId)).sort()).toEqual(['2', '2.add-checkpoint', 'latest'])
})

it('publishes what a crash between commit and publication left behind', async () => {
  const tenantId = await rig.test.createTenant()
  await append(tenantId, 1)
  const signer = rig.options.signerOf(tenantId)
  const lost = await rig.context.db
    .forTenant(tenantId)
    .$transaction((tx) => integratePending(tx, { tenantId, signer, now: new Date() }))
  expect(() => publishedLatest(tenantId)).toThrow()
  await keeper().integrate(tenantId)
  expect(publishedLatest(tenantId)).toBe(lost?.note)
})

it('never overwrites a published checkpoint with another of its size', async () => {
  const tenantId = await rig.test.createTenant()
  const folder = path.join(rig.checkpointDir, tenantId)
  mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(folder, '1'), 'another head\n')
  await append(tenantId, 1)
  await expect(keeper().integrate(tenantId)).rejects.toThrow(/forked/)
  expect(readFileSync(path.join(folder, '1'), 'utf8')).toBe('another head\n')
})

it('signs nothing over a log from which a row is missing', async () => {
  const tenantId = await rig.test.createTenant()
  await append(tenantId, 3)
  await rig.test.owner.query('ALTER TABLE evidence DISABLE TRIGGER append_only')
  await rig.test.owner.query('DELETE FROM evidence WHERE tenant_id = $1 AND seq = 2', [tenantId])
  await rig.test.owner.query('ALTER TABLE evidence ENABLE ALWAYS TRIGGER append_only')
  await expect(keeper().integrate(tenantId)).rejects.toThrow(/2 of tenant .* missing/)
  expect(await checkpoints(tenantId)).toEqual([])
})

it('is woken by evidence, and gathers a burst', async () => {
  const registrar = rig.start()
  const tenantId = await rig.test.createTenant()
  await append(tenantId, 30)
  await until(async () => (await checkpoints(tenantId)).at(-1)?.size === 30n)
  expect((await checkpoints(tenantId)).length).toBeLessThan(30)
  await registrar.stop()
})

it('publishes with each checkpoint the proof that it contains the one before', async () => {
  const tenantId = await rig.test.createTenant()
  const signer = rig.options.signerOf(tenantId)
  let previous = { size: 0, root: emptyRoot() as Uint8Array }
  for (const size of [2, 5, 6]) {
    await append(tenantId, size - previous.size)
    await keeper().integrate(tenantId)
    const file = path.join(rig.checkpointDir, tenantId, `${size}.add-checkpoint`)
    const growth = parseLogGrowth(readFileSync(file, 'utf8'))
    const head = verifyLogCheckpoint(growth.note, [signer])
    expect([growth.oldSize, head.size]).toEqual([previous.size, size])
    const proof = { first: previous.size, second: size, firstRoot: previous.root, path: growth.path }
    verifyConsistency(proof, head.root)
    previous = head
  }
})

it('publishes all of several checkpoints that were left behind, oldest first', async () => {
  const tenantId = await rig.test.createTenant()
  for (const count of [1, 2, 3]) {
    await append(tenantId, count)
    const signer = rig.options.signerOf(tenantId)
    await rig.context.db
      .forTenant(tenantId)
      .$transaction((tx) => integratePending(tx, { tenantId, signer, now: new Date() }))
  }
  await keeper().integrate(tenantId)
  const names = readdirSync(path.join(rig.checkpointDir, tenantId)).sort()
  expect(names).toEqual(['1', '1.add-checkpoint', '3', '3.add-checkpoint', '6', '6.add-checkpoint', 'latest'])
})

it('publishes nothing more once the rows are not what was signed', async () => {
  const tenantId = await rig.test.createTenant()
  await append(tenantId, 3)
  await keeper().integrate(tenantId)
  await rig.test.owner.query('ALTER TABLE evidence DISABLE TRIGGER append_only')
  await rig.test.owner.query("UPDATE evidence SET leaf_hash = sha256('x') WHERE tenant_id = $1 AND seq = 2", [tenantId])
  await rig.test.owner.query('ALTER TABLE evidence ENABLE ALWAYS TRIGGER append_only')
  await append(tenantId, 1)
  await expect(keeper().integrate(tenantId)).rejects.toThrow(/no longer holds what was signed between 3 and 4/)
  expect(verifyLogCheckpoint(publishedLatest(tenantId), [rig.options.signerOf(tenantId)]).size).toBe(3)
})
