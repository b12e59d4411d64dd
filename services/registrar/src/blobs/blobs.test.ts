import { type BlobService, digestOf, grantSealer, httpStore } from '@lethe/artifacts'
import { putDeployment, removeDeployment } from '@lethe/bus'
import { cancelRun, type Run } from '@lethe/db'
import type { Digest, TenantId } from '@lethe/domain'
import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { grantOf } from '../publish-message.js'
import { recordResult } from '../results/record-result.js'
import { artifactsOf } from '../testing/find-traces.js'
import { trained } from '../testing/results.js'
import { type Rig, startRig } from '../testing/rig.js'
import { createDataset, ingested, startIngest, startPretraining } from '../testing/world.js'
import { blobAuthority } from './blob-authority.js'
import { removeLeftBlobs } from './remove-left-blobs.js'
import { startBlobService } from './start-blob-service.js'

let rig: Rig
let service: BlobService
let dataset: { tenantId: string; datasetVersionId: string }
let theirs: { tenantId: string; datasetVersionId: string }
beforeAll(async () => {
  rig = await startRig()
  service = await startBlobService(rig.context, { host: '127.0.0.1', port: 0, maxBytes: 2 ** 20 })
  ;[dataset, theirs] = [await createDataset(rig), await createDataset(rig)]
})
afterAll(async () => {
  await service.close()
  await rig.stop()
})

const fresh = (): Uint8Array => new Uint8Array(randomBytes(1000))
const blobsFor = (grant: string) => httpStore({ url: `http://127.0.0.1:${service.port}`, grant, patienceMs: 0 })
const blobsOf = ({ tenantId, id }: Run) => blobsFor(rig.context.grants.seal({ kind: 'run', tenantId, id }))
const live = async (of = dataset): Promise<Run> => (await startPretraining(rig, of)).run
const packOf = ({ task }: Run): Digest => (task as { pack: { digest: Digest } }).pack.digest
const ownedBy = ({ tenantId, id: runId }: Run) => rig.context.db.forTenant(tenantId).runBlob.count({ where: { runId } })
const stored = async (tenantId: string) => [...(await artifactsOf(rig, tenantId)).keys()].sort()
const end = (run: Run, outcome: 'cancelled' | 'succeeded') => {
  const { tenantId, id: runId, kind: runKind } = run
  const at = new Date().toISOString()
  const envelope = { version: 1, tenantId, runId, runKind, attempt: 1, startedAt: at, finishedAt: at }
  return recordResult(rig.context, outcome === 'cancelled' ? ({ ...envelope, outcome } as never) : trained(run))
}

/** The code that each was refused with, once all have been answered. */
const codesOf = async (asked: readonly Promise<unknown>[]): Promise<unknown[]> =>
  (await Promise.allSettled(asked)).map((one) =>
    one.status === 'rejected' ? (one.reason as { code?: unknown }).code : 'not refused',
  )

it('a run reads what its task names and what it put, and of its own tenant nothing else', async () => {
  const run = await live()
  const blobs = blobsOf(run)
  const pack = packOf(run)
  expect(digestOf(await blobs.get(run.tenantId, pack))).toBe(pack)
  const { digest } = await blobs.put(run.tenantId, fresh())
  expect(digestOf(await blobs.get(run.tenantId, digest))).toBe(digest)
  const other = await rig.artifacts.put(run.tenantId, fresh())
  await expect(blobs.get(run.tenantId, other.digest)).rejects.toMatchObject({ code: 'BLOB_NOT_GRANTED' })
  const sibling = await live()
  await expect(blobsOf(sibling).get(run.tenantId, digest)).rejects.toMatchObject({ code: 'BLOB_NOT_GRANTED' })
})

it("another tenant's blobs are neither read nor put nor deleted, and stay as they were", async () => {
  const [run, their] = [await live(), await live(theirs)]
  const before = await stored(theirs.tenantId)
  const pack = packOf(their)
  expect(
    new Set(
      await codesOf([
        blobsOf(run).get(theirs.tenantId, pack),
        blobsOf(run).put(theirs.tenantId, fresh()),
        blobsOf(run).delete(theirs.tenantId, pack),
        // Its own tenant in the path finds nothing of the other's.
        blobsOf(run).get(run.tenantId, pack),
        blobsFor(rig.context.grants.seal({ kind: 'run', tenantId: run.tenantId, id: their.id })).get(
          run.tenantId,
          pack,
        ),
      ]),
    ),
  ).toEqual(new Set(['BLOB_NOT_GRANTED', 'BLOB_GRANT_OVER']))
  expect(await stored(theirs.tenantId)).toEqual(before)
  expect(digestOf(await blobsOf(their).get(theirs.tenantId, pack))).toBe(pack)
})

it('a grant that another secret sealed, or that nobody did, reaches nothing', async () => {
  const run = await live()
  const forged = grantSealer(['not the secret of the registrar, but as long']).seal({
    kind: 'run',
    tenantId: run.tenantId,
    id: run.id,
  })
  for (const grant of [forged, forged.slice(0, -5)])
    await expect(blobsFor(grant).get(run.tenantId, packOf(run))).rejects.toMatchObject({ code: 'BLOB_GRANT_INVALID' })
})

describe('a run deletes', () => {
  it('what it put, and nothing that was there before it, though it puts the same bytes', async () => {
    const run = await live()
    const blobs = blobsOf(run)
    const { digest } = await blobs.put(run.tenantId, fresh())
    expect(await blobs.delete(run.tenantId, digest)).toBe(true)
    expect(await blobs.delete(run.tenantId, digest)).toBe(false)
    expect(await rig.artifacts.has(run.tenantId, digest)).toBe(false)
    const pack = packOf(run)
    await blobs.put(run.tenantId, await rig.artifacts.get(run.tenantId, pack))
    await expect(blobs.delete(run.tenantId, pack)).rejects.toMatchObject({ code: 'BLOB_NOT_GRANTED' })
    expect(await rig.artifacts.has(run.tenantId, pack)).toBe(true)
  })

  it('bytes that another run put, too, only when that one has let go of them', async () => {
    const [first, second, bytes] = [await live(), await live(), fresh()]
    const { digest } = await blobsOf(first).put(first.tenantId, bytes)
    await blobsOf(second).put(second.tenantId, bytes)
    expect(await blobsOf(first).delete(first.tenantId, digest)).toBe(true)
    expect(await rig.artifacts.has(first.tenantId, digest)).toBe(true)
    expect(await blobsOf(second).delete(second.tenantId, digest)).toBe(true)
    expect(await rig.artifacts.has(first.tenantId, digest)).toBe(false)
  })

  it('only as many as it may leave: a run that hoards is stopped', async () => {
    const run = await live()
    await rig.test.owner.query(
      'INSERT INTO run_blob SELECT $1, $2, md5(n::text) || md5(n::text), 1, now() FROM generate_series(1, 64) n',
      [run.tenantId, run.id],
    )
    await expect(blobsOf(run).put(run.tenantId, fresh())).rejects.toMatchObject({ code: 'BLOBS_TOO_MANY' })
  })
})

describe('when a run has ended', () => {
  it.each(['succeeded', 'cancelled'] as const)('%s, its grant reads and puts nothing more', async (outcome) => {
    const run = await live()
    const { digest } = await blobsOf(run).put(run.tenantId, fresh())
    await end(run, outcome)
    const before = await stored(run.tenantId)
    expect(
      new Set(
        await codesOf([
          blobsOf(run).get(run.tenantId, packOf(run)),
          blobsOf(run).get(run.tenantId, digest),
          blobsOf(run).put(run.tenantId, fresh()),
        ]),
      ),
    ).toEqual(new Set(['BLOB_GRANT_OVER']))
    expect(await stored(run.tenantId)).toEqual(before)
    // What a worker does last: it clears up after itself.
    expect(await blobsOf(run).delete(run.tenantId, digest)).toBe(true)
  })

  it('what its result names is nobody’s to delete any more, and the rest goes, asked for or not', async () => {
    const { run } = await startIngest(rig, dataset.tenantId)
    const blobs = blobsOf(run)
    const result = await ingested(rig, run)
    if (result.outcome !== 'succeeded' || result.output.kind !== 'ingest') throw new Error('not ingested')
    const { pack, samples } = result.output
    // As if the worker had put them: they were not there before.
    for (const { digest } of [pack, samples]) {
      const bytes = await rig.artifacts.get(run.tenantId, digest)
      await rig.artifacts.delete(run.tenantId, digest)
      await blobs.put(run.tenantId, bytes)
    }
    const left = await blobs.put(run.tenantId, fresh())
    expect(await ownedBy(run)).toBe(3)
    await recordResult(rig.context, result)
    expect(await ownedBy(run)).toBe(1)
    await expect(blobs.delete(run.tenantId, pack.digest)).rejects.toMatchObject({ code: 'BLOB_NOT_GRANTED' })
    await removeLeftBlobs(rig.context)
    expect(
      await Promise.all([pack, samples, left].map(({ digest }) => rig.artifacts.has(run.tenantId, digest))),
    ).toEqual([true, true, false])
    expect(await ownedBy(run)).toBe(0)
  })

  it('cancelled before its worker could say what it had stored, nothing of it is left, and live runs keep theirs', async () => {
    const [run, other] = [await live(), await live()]
    const put = [await blobsOf(run).put(run.tenantId, fresh()), await blobsOf(run).put(run.tenantId, fresh())]
    const kept = await blobsOf(other).put(other.tenantId, fresh())
    await rig.gateway.forTenant(run.tenantId).$transaction(async (tx) => {
      await cancelRun(tx, { tenantId: run.tenantId, runId: run.id, now: new Date() })
    })
    await removeLeftBlobs(rig.context)
    expect(await rig.artifacts.has(run.tenantId, put[0]?.digest as Digest)).toBe(true)
    await end(run, 'cancelled')
    await removeLeftBlobs(rig.context)
    for (const { digest } of put) expect(await rig.artifacts.has(run.tenantId, digest)).toBe(false)
    expect(await rig.artifacts.has(other.tenantId, kept.digest)).toBe(true)
  })

  it('while it was putting a blob, that blob does not stay', async () => {
    const run = await live()
    const [bytes, holder] = [fresh(), { kind: 'run', tenantId: run.tenantId, id: run.id } as const]
    const digest = digestOf(bytes)
    const late = blobAuthority(rig.context).put(holder, { digest, size: bytes.length }, async () => {
      await end(run, 'cancelled')
      await removeLeftBlobs(rig.context)
      await rig.artifacts.put(run.tenantId, bytes)
    })
    await expect(late).rejects.toMatchObject({ code: 'BLOB_GRANT_OVER' })
    expect(await rig.artifacts.has(run.tenantId, digest)).toBe(false)
  })
})

it('a task in the queue without a grant that holds has one once the registrar has started', async () => {
  const { run } = await startPretraining(rig, dataset)
  const subject = `tasks.pretrain.${run.tenantId}.${run.id}`
  await rig.everything.js.publish(subject, JSON.stringify(run.task))
  const next = await startBlobService(rig.context, { host: '127.0.0.1', port: 0, maxBytes: 1 })
  const queue = await rig.everything.js.streams.get('TASKS')
  const queued = await queue.getMessage({ last_by_subj: subject })
  expect(queued?.json()).toEqual(run.task)
  const blobs = httpStore({ url: `http://127.0.0.1:${next.port}`, grant: queued?.header.get('Lethe-Grant') ?? '' })
  expect(digestOf(await blobs.get(run.tenantId, packOf(run)))).toBe(packOf(run))
  expect((await queue.info(false, { subjects_filter: subject })).state.subjects).toEqual({ [subject]: 1 })
  await next.close()
})

describe('a deployment', () => {
  const deploy = async () => {
    const tenantId = dataset.tenantId as TenantId
    const weights = await rig.artifacts.put(tenantId, fresh())
    const deployment = {
      version: 1,
      tenantId,
      modelId: randomUUID(),
      modelVersionId: randomUUID(),
      weights,
      imageSize: 8,
    } as const
    const grant = grantOf(rig.context.grants, deployment)
    await putDeployment(rig.bus, { ...deployment, grant })
    return { tenantId, weights, deployment, grant }
  }

  it('reads its weights while it is there, and nothing else ever', async () => {
    const { tenantId, weights, deployment, grant } = await deploy()
    const other = await deploy()
    const blobs = blobsFor(grant)
    expect(digestOf(await blobs.get(tenantId, weights.digest))).toBe(weights.digest)
    expect(
      new Set(
        await codesOf([
          blobs.get(tenantId, other.weights.digest),
          blobs.put(tenantId, fresh()),
          blobs.delete(tenantId, weights.digest),
        ]),
      ),
    ).toEqual(new Set(['BLOB_NOT_GRANTED']))
    const elsewhere = rig.context.grants.seal({
      kind: 'deployment',
      tenantId: theirs.tenantId,
      id: deployment.modelVersionId,
    })
    await expect(blobsFor(elsewhere).get(theirs.tenantId, weights.digest)).rejects.toMatchObject({
      code: 'BLOB_GRANT_OVER',
    })
    await removeDeployment(rig.bus, deployment.modelVersionId)
    await expect(blobs.get(tenantId, weights.digest)).rejects.toMatchObject({ code: 'BLOB_GRANT_OVER' })
  })

  it('is granted anew when the registrar starts with another secret', async () => {
    const { tenantId, weights, deployment } = await deploy()
    const grants = grantSealer(['the next secret of the registrar, as long'])
    const next = await startBlobService({ ...rig.context, grants }, { host: '127.0.0.1', port: 0, maxBytes: 1 })
    const entry = await rig.bus.deployments.get(deployment.modelVersionId)
    const { grant } = entry?.json<{ grant: string }>() ?? { grant: '' }
    const blobs = httpStore({ url: `http://127.0.0.1:${next.port}`, grant })
    expect(digestOf(await blobs.get(tenantId, weights.digest))).toBe(weights.digest)
    await next.close()
  })
})
