import { digestOf, type ArtifactStore } from '@lethe/artifacts'
import { eraseResumePoints, putDeployment, Task } from '@lethe/bus'
import { promoteModelVersion, relayOutbox, retryErasure, type Run } from '@lethe/db'
import { Digest } from '@lethe/domain'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { blobAuthority } from '../blobs/blob-authority.js'
import { publishMessage } from '../publish-message.js'
import { recordResult } from '../results/record-result.js'
import { erase, redacted } from '../testing/erase.js'
import { artifactsOf, type Traces, tracesOf } from '../testing/find-traces.js'
import { audited, failed, trained } from '../testing/results.js'
import { blobOf, type Rig, startRig } from '../testing/rig.js'
import {
  approveErasure,
  createDataset,
  createProductionModel,
  ingested,
  readRun,
  samples,
  startIngest,
  startPretraining,
} from '../testing/world.js'
import { advanceErasing } from './eraser.js'

let rig: Rig
beforeAll(async () => {
  rig = await startRig()
})
afterAll(() => rig.stop())

const idsOf = (owner: string) => samples.filter((sample) => sample.owner === owner).map(({ contentId }) => contentId)

/** The bytes that `trained` names, so that there is something to delete. */
async function storeCheckpoints(tenantId: string): Promise<void> {
  for (const { id } of await rig.gateway.forTenant(tenantId).run.findMany())
    for (const part of ['weights', 'state']) await rig.artifacts.put(tenantId, Buffer.from(`${part} of ${id}`))
}

const newestRun = async (tenantId: string, requestId: string, kind: string): Promise<Run> => {
  const run = await rig.gateway
    .forTenant(tenantId)
    .run.findFirst({ where: { requestId, kind }, orderBy: { id: 'desc' } })
  if (!run) throw new Error(`no ${kind} was started`)
  return run
}

/** Answers every training of a request and its audit with PASS. */
async function pass({ tenantId, requestId }: { tenantId: string; requestId: string }): Promise<void> {
  const queued = { requestId, kind: 'unlearn', state: 'QUEUED' }
  for (const run of await rig.gateway.forTenant(tenantId).run.findMany({ where: queued }))
    await recordResult(rig.context, trained(run))
  await recordResult(rig.context, audited(await newestRun(tenantId, requestId, 'audit'), 'PASS'))
  await storeCheckpoints(tenantId)
}

/** A served model of which one owner's pictures were unlearned; its request is erasing. */
async function beginErasing(owner = 'ruth') {
  const dataset = await createDataset(rig)
  const model = await createProductionModel(rig, dataset)
  const request = await approveErasure(rig, { ...dataset, owner, versionIds: [model.versionId] })
  const erasing = { tenantId: dataset.tenantId, requestId: request.requestId }
  await pass(erasing)
  return { ...dataset, ...model, ...request, erasing }
}

const requestOf = ({ tenantId, requestId }: { tenantId: string; requestId: string }) =>
  rig.gateway.forTenant(tenantId).erasureRequest.findFirstOrThrow({ where: { id: requestId } })

const thingsOf = ({ tenantId, requestId }: { tenantId: string; requestId: string }) =>
  rig.gateway.forTenant(tenantId).erasureThing.findMany({ where: { requestId } })

const versionsOf = (tenantId: string) =>
  rig.gateway.forTenant(tenantId).modelVersion.findMany({ orderBy: { number: 'asc' } })

const evidenceOf = (tenantId: string, kind: string) =>
  rig.gateway.forTenant(tenantId).evidence.findMany({ where: { kind }, orderBy: { seq: 'asc' } })

const nothing: Traces = { blobs: [], rows: [] }

describe('an erasing request', () => {
  it('leaves nothing of the forgotten pictures in any blob and any row, and everything of the others', async () => {
    const { tenantId, erasing } = await beginErasing('ruth')
    const before = await tracesOf(rig, tenantId, idsOf('ruth'))
    expect([before.blobs.length > 0, before.rows.length > 0]).toEqual([true, true])
    const others = await tracesOf(rig, tenantId, idsOf('grace'))
    await erase(rig, erasing)
    expect((await requestOf(erasing)).state).toBe('FULFILLED')
    expect(await tracesOf(rig, tenantId, idsOf('ruth'))).toEqual(nothing)
    const after = await tracesOf(rig, tenantId, idsOf('grace'))
    expect(after.rows).toEqual(others.rows)
    expect(after.blobs.length).toBeGreaterThan(0)
  })

  it('destroys every version that remembers and keeps the one that passed; their rows and digests stay', async () => {
    const { tenantId, erasing } = await beginErasing()
    await erase(rig, erasing)
    const versions = await versionsOf(tenantId)
    const kept = await artifactsOf(rig, tenantId)
    expect(
      versions.map(({ origin, state, destroyedAt, weightsDigest, stateDigest }) => [
        origin,
        state,
        destroyedAt !== null,
        [weightsDigest, stateDigest].map((digest) => kept.has(digest ?? '')),
      ]),
    ).toEqual([
      ['pretrain', 'RETIRED', true, [false, false]],
      ['unlearn', 'PRODUCTION', false, [true, true]],
      ['comparison', 'RETIRED', true, [false, false]],
    ])
    const [original] = versions
    const promotion = { tenantId, modelVersionId: original?.id ?? '', decidedBy: 'x', now: new Date() }
    await expect(
      rig.gateway.forTenant(tenantId).$transaction((tx) => promoteModelVersion(tx, promotion)),
    ).rejects.toMatchObject({ code: 'NOT_PROMOTABLE', message: expect.stringContaining('destroyed') })
  })

  it('gives every thing its state, each store a receipt, and assesses closure just before it is closed', async () => {
    const { tenantId, erasing } = await beginErasing()
    await erase(rig, erasing)
    const things = await thingsOf(erasing)
    expect(things.filter(({ state }) => state === 'PLANNED')).toEqual([])
    for (const { state, receiptSeq, basis } of things) {
      if (state === 'DESTROYED') expect(receiptSeq).not.toBeNull()
      if (state === 'RETAINED') expect(basis).toMatch(/GDPR/)
    }
    const receipts = await evidenceOf(tenantId, 'data-deleted/v1')
    const stores = receipts.map(({ body }) => (JSON.parse(body) as { predicate: { store: string } }).predicate.store)
    expect(stores).toEqual(['bus', 'artifacts', 'database'])
    const [assessed] = await evidenceOf(tenantId, 'closure-assessed/v1')
    const [closed] = await evidenceOf(tenantId, 'erasure-closed/v1')
    expect(Number(closed?.seq) - Number(assessed?.seq)).toBe(1)
    const { items } = (JSON.parse(assessed?.body ?? '') as { predicate: { items: { state: string }[] } }).predicate
    expect(items).toHaveLength(things.length)
    expect(new Set(items.map(({ state }) => state))).toEqual(new Set(['FORGOTTEN', 'DESTROYED', 'RETAINED']))
  })

  it('numbers what is left of a pack anew: rows point to the pictures that they pointed to', async () => {
    const { tenantId, datasetVersionId, erasing } = await beginErasing('ruth')
    await erase(rig, erasing)
    const client = rig.gateway.forTenant(tenantId)
    const version = await client.datasetVersion.findFirstOrThrow({ where: { id: datasetVersionId } })
    expect([version.sampleCount, version.redactedCount]).toEqual([3, 4])
    expect([version.uploadDestroyedAt === null, version.samplesDigest]).toEqual([false, null])
    const pack = Buffer.from(await rig.artifacts.get(tenantId, Digest.parse(version.packDigest))).toString()
    const rows = await client.sample.findMany({ orderBy: { index: 'asc' } })
    expect(rows.map(({ index, contentId }) => [index, contentId])).toEqual(
      pack
        .split('\n')
        .slice(1)
        .map((picture, index) => [index, picture.replace('pixels of ', '')]),
    )
  })

  it('deletes what an interrupted run would have gone on from, and the last good checkpoint of one that failed', async () => {
    const dataset = await createDataset(rig)
    const { tenantId } = dataset
    const model = await createProductionModel(rig, dataset)
    const { requestId, runIds } = await approveErasure(rig, {
      ...dataset,
      owner: 'ruth',
      versionIds: [model.versionId],
    })
    const comparison = await readRun(rig, tenantId, runIds[1] ?? '')
    const [resume, weights, state] = await Promise.all(
      ['resume', 'good weights', 'good state'].map((text) => rig.artifacts.put(tenantId, Buffer.from(text))),
    )
    const record = { version: 1, begun: 1, handedBack: 0, running: false, ended: false, resume, doomed: [] }
    await rig.bus.attempts.put(comparison.id, JSON.stringify(record))
    const { error, ...envelope } = failed(comparison) as Extract<ReturnType<typeof failed>, { outcome: 'failed' }>
    const lastGood = { weights, state } as NonNullable<typeof error.lastGood>
    await recordResult(rig.context, { ...envelope, error: { ...error, lastGood } })
    await recordResult(rig.context, trained(await readRun(rig, tenantId, runIds[0] ?? '')))
    await rig.gateway
      .forTenant(tenantId)
      .$transaction((tx) => retryErasure(tx, { tenantId, requestId, now: new Date() }))
    await pass({ tenantId, requestId })
    await erase(rig, { tenantId, requestId })
    expect((await requestOf({ tenantId, requestId })).state).toBe('FULFILLED')
    for (const blob of [resume, weights, state])
      expect(await rig.artifacts.has(tenantId, blob?.digest ?? digestOf(Buffer.from('')))).toBe(false)
    expect(await eraseResumePoints(rig.bus, comparison.id, () => Promise.resolve())).toBe(0)
  })

  it('deletes what a run stored and could not name, and no weights because a worker calls them a resume point', async () => {
    const dataset = await createDataset(rig)
    const { tenantId } = dataset
    const model = await createProductionModel(rig, dataset)
    const { requestId, runIds } = await approveErasure(rig, {
      ...dataset,
      owner: 'ruth',
      versionIds: [model.versionId],
    })
    const comparison = await readRun(rig, tenantId, runIds[1] ?? '')
    // Of the version that forgot, and stays.
    const weights = blobOf(`weights of ${runIds[0] ?? ''}`)
    const claim = { version: 1, begun: 1, handedBack: 0, running: false, ended: false, resume: null, doomed: [weights] }
    await rig.bus.attempts.put(comparison.id, JSON.stringify(claim))
    const holder = { kind: 'run', tenantId, id: comparison.id } as const
    const bytes = Buffer.from('stored, and then cut off')
    const left = { digest: digestOf(bytes), size: bytes.length }
    await blobAuthority(rig.context).put(holder, left, () => rig.artifacts.put(tenantId, bytes))
    await recordResult(rig.context, failed(comparison))
    await recordResult(rig.context, trained(await readRun(rig, tenantId, runIds[0] ?? '')))
    await rig.gateway
      .forTenant(tenantId)
      .$transaction((tx) => retryErasure(tx, { tenantId, requestId, now: new Date() }))
    await pass({ tenantId, requestId })
    await erase(rig, { tenantId, requestId })
    expect((await requestOf({ tenantId, requestId })).state).toBe('FULFILLED')
    expect(await rig.artifacts.has(tenantId, left.digest)).toBe(false)
    expect(await rig.artifacts.has(tenantId, weights.digest)).toBe(true)
  })

  it('takes a version that remembers away from the embedding service, should it still be there', async () => {
    const { tenantId, modelId, versionId, erasing } = await beginErasing()
    while ((await relayOutbox(rig.context.db, 100, (message) => publishMessage(rig.context, message))) > 0);
    const weights = { digest: 'a'.repeat(64), size: 1 }
    const planted = { version: 1, tenantId, modelId, modelVersionId: versionId, weights, imageSize: 32 } as const
    await putDeployment(rig.bus, { ...planted, tenantId: tenantId as never, grant: 'a grant' })
    await erase(rig, erasing)
    expect((await rig.bus.deployments.get(versionId))?.operation).toBe('DEL')
  })
})

describe('what is on the list', () => {
  it('nobody takes a thing off it, and a forget set goes only while its request erases', async () => {
    const { requestId, erasing } = await beginErasing()
    const { owner } = rig.test
    await expect(owner.query('DELETE FROM erasure_thing WHERE request_id = $1', [requestId])).rejects.toThrow(
      /append-only/,
    )
    const remove = () => owner.query('DELETE FROM forget_set_sample WHERE request_id = $1', [requestId])
    await owner.query("UPDATE erasure_request SET state = 'AUDITING' WHERE id = $1", [requestId])
    await expect(remove()).rejects.toThrow(/append-only/)
    await owner.query("UPDATE erasure_request SET state = 'ERASING' WHERE id = $1", [requestId])
    await expect(owner.query("UPDATE forget_set_sample SET content_id = 'x'")).rejects.toThrow(/append-only/)
    await erase(rig, erasing)
    expect(await rig.gateway.forTenant(erasing.tenantId).forgetSetSample.count()).toBe(0)
  })
})

describe('closure', () => {
  it('one more descendant than the plan knows blocks the request and is named; erasing goes on once it is gone', async () => {
    const { tenantId, datasetVersionId, erasing } = await beginErasing()
    await rig.test.owner.query("UPDATE erasure_request SET state = 'WITHDRAWN' WHERE id = $1", [erasing.requestId])
    const stray = await startPretraining(rig, { tenantId, datasetVersionId })
    await rig.test.owner.query("UPDATE erasure_request SET state = 'ERASING' WHERE id = $1", [erasing.requestId])
    await recordResult(rig.context, trained(stray.run))
    await erase(rig, erasing)
    const blocked = await requestOf(erasing)
    expect(blocked.state).toBe('BLOCKED')
    expect(blocked.stateReason).toContain(`${stray.modelId}, version 1, which still remembers these samples`)
    expect((await tracesOf(rig, tenantId, idsOf('ruth'))).rows.length).toBeGreaterThan(0)

    await rig.test.owner.query("UPDATE model_version SET state = 'RETIRED', destroyed_at = now() WHERE id = $1", [
      stray.versionId,
    ])
    await rig.gateway.forTenant(tenantId).$transaction((tx) => retryErasure(tx, { ...erasing, now: new Date() }))
    await erase(rig, erasing)
    expect((await requestOf(erasing)).state).toBe('FULFILLED')
  })

  it('a dataset that came to hold the same pictures blocks it, too', async () => {
    const { tenantId, erasing } = await beginErasing()
    const { versionId, run } = await startIngest(rig, tenantId)
    await advanceErasing(rig.context, erasing)
    expect(await requestOf(erasing)).toMatchObject({ state: 'ERASING' })
    await recordResult(rig.context, await ingested(rig, run))
    await erase(rig, erasing)
    const { state, stateReason } = await requestOf(erasing)
    expect([state, stateReason]).toEqual(['BLOCKED', expect.stringContaining('which holds these samples')])
    expect(await rig.gateway.forTenant(tenantId).sample.count({ where: { datasetVersionId: versionId } })).toBe(7)
  })

  it('bytes that another row still needs are kept, and it is said whose they are', async () => {
    const { tenantId, datasetVersionId, versionId, erasing } = await beginErasing()
    const other = await startPretraining(rig, { tenantId, datasetVersionId })
    await recordResult(rig.context, trained(other.run))
    const original = (await versionsOf(tenantId)).find(({ id }) => id === versionId)
    await rig.test.owner.query('UPDATE model_version SET weights_digest = $2 WHERE id = $1', [
      other.versionId,
      original?.weightsDigest,
    ])
    await erase(rig, erasing)
    expect((await requestOf(erasing)).state).toBe('FULFILLED')
    const thing = (await thingsOf(erasing)).find(
      ({ refId, thing: kind }) => refId === versionId && kind === 'model-version',
    )
    expect([thing?.state, thing?.basis]).toEqual([
      'RETAINED',
      expect.stringContaining(`model version ${other.versionId}`),
    ])
    const kept = await artifactsOf(rig, tenantId)
    expect([original?.weightsDigest, original?.stateDigest].map((digest) => kept.has(digest ?? ''))).toEqual([
      true,
      false,
    ])
  })

  it('what another request unlearns from a version that goes is stopped, and that request has to plan anew', async () => {
    const dataset = await createDataset(rig)
    const { tenantId } = dataset
    const model = await createProductionModel(rig, dataset)
    const [ruth, grace] = [
      await approveErasure(rig, { ...dataset, owner: 'ruth', versionIds: [model.versionId] }),
      await approveErasure(rig, { ...dataset, owner: 'grace', versionIds: [model.versionId] }),
    ]
    await pass({ tenantId, requestId: ruth.requestId })
    await advanceErasing(rig.context, { tenantId, requestId: ruth.requestId })
    const blocked = await requestOf({ tenantId, requestId: grace.requestId })
    expect([blocked.state, blocked.stateReason]).toEqual(['BLOCKED', expect.stringContaining('plan anew')])
    const runs = await rig.gateway.forTenant(tenantId).run.findMany({ where: { id: { in: grace.runIds } } })
    expect(runs.every(({ cancelRequestedAt }) => cancelRequestedAt !== null)).toBe(true)
    expect((await requestOf({ tenantId, requestId: ruth.requestId })).state).toBe('ERASING')
  })
})

describe('what is cut off in the middle', () => {
  /** A store that fails at its nth call, as if the process had died there: before the call, or after it. */
  const failing = (at: number, after: boolean): ArtifactStore => {
    let calls = 0
    const guard = async <T>(work: () => Promise<T>): Promise<T> => {
      calls += 1
      if (calls === at && !after) throw new Error('cut off')
      const answer = await work()
      if (calls === at) throw new Error('cut off')
      return answer
    }
    return {
      put: (tenantId, bytes) => rig.artifacts.put(tenantId, bytes),
      get: (tenantId, digest) => rig.artifacts.get(tenantId, digest),
      getStream: (tenantId, digest) => rig.artifacts.getStream(tenantId, digest),
      putStream: (tenantId, digest, bytes) => rig.artifacts.putStream(tenantId, digest, bytes),
      sizeOf: (tenantId, digest) => rig.artifacts.sizeOf(tenantId, digest),
      has: (tenantId, digest) => guard(() => rig.artifacts.has(tenantId, digest)),
      delete: (tenantId, digest) => guard(() => rig.artifacts.delete(tenantId, digest)),
    }
  }

  it('goes on wherever it was cut off, and every receipt is recorded once', async () => {
    const { tenantId, erasing } = await beginErasing()
    let cuts = 0
    for (let at = 1; (await requestOf(erasing)).state === 'ERASING'; at += 3) {
      const cutOff = { ...rig.context, artifacts: failing(at, at % 2 === 0) }
      await advanceErasing(cutOff, erasing).catch(() => (cuts += 1))
      const redaction = await rig.gateway
        .forTenant(tenantId)
        .run.findFirst({ where: { kind: 'redact', state: 'QUEUED' } })
      if (redaction) await erase({ ...rig, context: cutOff }, erasing).catch(() => (cuts += 1))
    }
    expect(cuts).toBeGreaterThan(3)
    expect((await requestOf(erasing)).state).toBe('FULFILLED')
    expect(await evidenceOf(tenantId, 'data-deleted/v1')).toHaveLength(3)
    expect(await tracesOf(rig, tenantId, idsOf('ruth'))).toEqual(nothing)
  })

  it('two erasers at once record it once', async () => {
    const { tenantId, erasing } = await beginErasing()
    await advanceErasing(rig.context, erasing)
    const cut = await newestRun(tenantId, erasing.requestId, 'redact')
    await recordResult(rig.context, await redacted(rig, cut))
    await Promise.all([1, 2, 3].map(() => advanceErasing(rig.context, erasing)))
    expect((await requestOf(erasing)).state).toBe('FULFILLED')
    expect(await evidenceOf(tenantId, 'data-deleted/v1')).toHaveLength(3)
    expect(await evidenceOf(tenantId, 'erasure-closed/v1')).toHaveLength(1)
  })

  it('a redaction that fails blocks the request with the reason, and a retry takes erasing up again', async () => {
    const { tenantId, erasing } = await beginErasing()
    await advanceErasing(rig.context, erasing)
    await recordResult(rig.context, failed(await newestRun(tenantId, erasing.requestId, 'redact')))
    expect(await requestOf(erasing)).toMatchObject({ state: 'BLOCKED', stateReason: expect.stringContaining('redact') })
    await rig.gateway.forTenant(tenantId).$transaction((tx) => retryErasure(tx, { ...erasing, now: new Date() }))
    await erase(rig, erasing)
    expect((await requestOf(erasing)).state).toBe('FULFILLED')
  })
})

describe('after an erasure', () => {
  it('another owner is forgotten by the child: its tasks name no set that is gone', async () => {
    const { tenantId, modelId, datasetVersionId, erasing } = await beginErasing('ruth')
    await erase(rig, erasing)
    const served = (await versionsOf(tenantId)).find(({ state }) => state === 'PRODUCTION')
    const second = await approveErasure(rig, {
      tenantId,
      owner: 'grace',
      versionIds: [served?.id ?? ''],
    })
    const task = Task.parse((await readRun(rig, tenantId, second.runIds[0] ?? '')).task)
    expect(task.kind === 'unlearn' && task.excluded).toEqual([])
    await pass({ tenantId, requestId: second.requestId })
    await erase(rig, { tenantId, requestId: second.requestId })
    expect((await requestOf({ tenantId, requestId: second.requestId })).state).toBe('FULFILLED')
    expect(await tracesOf(rig, tenantId, idsOf('grace'))).toEqual(nothing)
    const version = await rig.gateway
      .forTenant(tenantId)
      .datasetVersion.findFirstOrThrow({ where: { id: datasetVersionId } })
    // Nobody else had pictures there.
    expect([version.state, version.packDigest, version.sampleCount]).toEqual(['ERASED', null, 0])
    const model = await rig.gateway.forTenant(tenantId).model.findFirstOrThrow({ where: { id: modelId } })
    expect(model.productionVersionId).not.toBeNull()
  })

  it('a training begins on what is left, and leaves out no set that is gone', async () => {
    const { tenantId, datasetVersionId, erasing } = await beginErasing('ruth')
    await erase(rig, erasing)
    const task = Task.parse((await startPretraining(rig, { tenantId, datasetVersionId })).run.task)
    expect(task.kind === 'pretrain' && task.excluded).toEqual([])
  })
})
