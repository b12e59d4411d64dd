import { type Deployment, Task } from '@lethe/bus'
import { promoteModelVersion, relayOutbox, retryErasure, type Run } from '@lethe/db'
import type { UnlearningRecipe } from '@lethe/domain'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { publishMessage } from './publish-message.js'
import { recordResult } from './results/record-result.js'
import { erase } from './testing/erase.js'
import { audited, cancelled, failed, trained } from './testing/results.js'
import { type Rig, startRig } from './testing/rig.js'
import {
  approveErasure,
  createDataset,
  createProductionModel,
  readRun,
  startPretraining,
  unlearning,
} from './testing/world.js'

let rig: Rig
beforeAll(async () => {
  rig = await startRig()
})
afterAll(() => rig.stop())

/** A served model and a request of one owner about it, unlearning under way. */
async function begin(owner = 'ruth') {
  const dataset = await createDataset(rig)
  const model = await createProductionModel(rig, dataset)
  const request = await approveErasure(rig, { ...dataset, owner, versionIds: [model.versionId] })
  return { ...dataset, ...model, ...request }
}

const stateOf = async (tenantId: string, requestId: string) => {
  const client = rig.gateway.forTenant(tenantId)
  const [request, clock, item, kinds] = await Promise.all([
    client.erasureRequest.findFirstOrThrow({ where: { id: requestId } }),
    client.slaClock.findFirstOrThrow({ where: { requestId } }),
    client.planItem.findFirstOrThrow({ where: { requestId } }),
    client.evidence.findMany({ where: { requestId }, orderBy: { seq: 'asc' }, select: { kind: true } }),
  ])
  return { request, clock, item, kinds: kinds.map(({ kind }) => kind) }
}

const versionOf = (tenantId: string, id: string) =>
  rig.gateway.forTenant(tenantId).modelVersion.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id } } })

const runsOf = (tenantId: string, requestId: string, kind: string): Promise<Run[]> =>
  rig.gateway.forTenant(tenantId).run.findMany({ where: { requestId, kind }, orderBy: { id: 'asc' } })

/** Answers every training of the request; gives its newest audit's run. */
async function trainAll(tenantId: string, requestId: string): Promise<Run> {
  for (const run of await runsOf(tenantId, requestId, 'unlearn'))
    if (run.state === 'QUEUED') await recordResult(rig.context, trained(run))
  const audits = await runsOf(tenantId, requestId, 'audit')
  const last = audits.at(-1)
  if (!last) throw new Error('no audit was started')
  return last
}

describe('an erasure request', () => {
  it('begins with a candidate and its comparisons, whose tasks keep the contract', async () => {
    const { tenantId, requestId, versionId, runIds } = await begin()
    expect(runIds).toHaveLength(2)
    const tasks = await Promise.all(runIds.map(async (id) => Task.parse((await readRun(rig, tenantId, id)).task)))
    expect(tasks.map((task) => task.kind === 'unlearn' && task.unlearning.method)).toEqual([
      'alignment-calibration',
      'fine-tune',
    ])
    const parent = await versionOf(tenantId, versionId)
    const [task] = tasks
    expect(task?.kind === 'unlearn' && task.parent.weights.digest).toBe(parent.weightsDigest)
    const { request, item } = await stateOf(tenantId, requestId)
    expect([request.state, item.state]).toEqual(['UNLEARNING', 'RUNNING'])
  })

  it('is audited only when every training is done, also when two results come in at once', async () => {
    const { tenantId, requestId, runIds } = await begin()
    const runs = await Promise.all(runIds.map((id) => readRun(rig, tenantId, id)))
    await Promise.all(runs.map((run) => recordResult(rig.context, trained(run))))
    const audits = await runsOf(tenantId, requestId, 'audit')
    expect(audits).toHaveLength(1)
    const task = Task.parse(audits[0]?.task)
    if (task.kind !== 'audit') throw new Error('not an audit')
    expect(task.references.map(({ role, method }) => [role, method])).toEqual([['baseline', 'fine-tune']])
    expect(task.before.weights.digest).not.toBe(task.after.weights.digest)
    expect((await stateOf(tenantId, requestId)).request.state).toBe('AUDITING')
  })

  it('PASS promotes the candidate and retires the parent; once all is erased the request is closed and its clock stops', async () => {
    const { tenantId, requestId, modelId, versionId } = await begin()
    const audit = await trainAll(tenantId, requestId)
    await recordResult(rig.context, audited(audit, 'PASS'))
    expect((await stateOf(tenantId, requestId)).request).toMatchObject({ state: 'ERASING', closedAt: null })
    await erase(rig, { tenantId, requestId })
    const { request, clock, item, kinds } = await stateOf(tenantId, requestId)
    expect([request.state, clock.state, item.state]).toEqual(['FULFILLED', 'MET', 'DONE'])
    expect(request.closedAt).not.toBeNull()
    const model = await rig.gateway.forTenant(tenantId).model.findFirstOrThrow({ where: { id: modelId } })
    const child = await versionOf(tenantId, item.resultVersionId ?? '')
    expect(model.productionVersionId).toBe(child.id)
    expect([child.state, (await versionOf(tenantId, versionId)).state]).toEqual(['PRODUCTION', 'RETIRED'])
    expect(child.parentId).toBe(versionId)
    expect(child.excluded).toEqual([{ digest: request.forgetDigest, size: Number(request.forgetSize) }])
    const promotions = await rig.gateway.forTenant(tenantId).promotion.findMany({ orderBy: { at: 'asc' } })
    expect(promotions.map(({ decidedBy }) => decidedBy).at(-1)).toBe('policy')
    expect(kinds).toEqual([
      'model-unlearned/v1',
      'cost-recorded/v1',
      'model-unlearned/v1',
      'cost-recorded/v1',
      'audit-completed/v1',
      'cost-recorded/v1',
      'dataset-redacted/v1',
      'cost-recorded/v1',
      'data-deleted/v1',
      'data-deleted/v1',
      'data-deleted/v1',
      'closure-assessed/v1',
      'erasure-closed/v1',
      'clock-changed/v1',
    ])
  })

  it('PASS reaches the embedding service: the child is deployed, the parent is not', async () => {
    const { tenantId, requestId, versionId } = await begin()
    await recordResult(rig.context, audited(await trainAll(tenantId, requestId), 'PASS'))
    while ((await relayOutbox(rig.context.db, 100, (message) => publishMessage(rig.context, message))) > 0);
    const { item } = await stateOf(tenantId, requestId)
    const deployed = await rig.bus.deployments.get(item.resultVersionId ?? '')
    const child = await versionOf(tenantId, item.resultVersionId ?? '')
    expect(deployed?.json<Deployment>().weights.digest).toBe(child.weightsDigest)
    expect((await rig.bus.deployments.get(versionId))?.operation).toBe('DEL')
  })

  it.each(['RESIDUAL', 'OVER_FORGOTTEN', 'INCONCLUSIVE'] as const)(
    '%s rejects the candidate, blocks the request with the reason, and leaves the clock running',
    async (verdict) => {
      const { tenantId, requestId, modelId, versionId } = await begin()
      await recordResult(rig.context, audited(await trainAll(tenantId, requestId), verdict))
      const { request, clock, item, kinds } = await stateOf(tenantId, requestId)
      expect([request.state, clock.state, item.state]).toEqual(['BLOCKED', 'RUNNING', 'FAILED'])
      expect(request.stateReason).toContain(verdict)
      expect((await versionOf(tenantId, item.resultVersionId ?? '')).state).toBe('REJECTED')
      const model = await rig.gateway.forTenant(tenantId).model.findFirstOrThrow({ where: { id: modelId } })
      expect(model.productionVersionId).toBe(versionId)
      expect(kinds.slice(-3)).toEqual(['audit-completed/v1', 'erasure-blocked/v1', 'cost-recorded/v1'])
    },
  )

  it('is unlearned anew after a RESIDUAL, keeps its comparison, and its audits are numbered', async () => {
    const { tenantId, requestId } = await begin()
    await recordResult(rig.context, audited(await trainAll(tenantId, requestId), 'RESIDUAL'))
    const { runIds } = await rig.gateway
      .forTenant(tenantId)
      .$transaction((tx) => retryErasure(tx, { tenantId, requestId, now: new Date() }))
    expect(runIds).toHaveLength(1)
    const second = await trainAll(tenantId, requestId)
    const task = Task.parse(second.task)
    expect(task.kind === 'audit' && task.references).toHaveLength(1)
    await recordResult(rig.context, audited(second, 'PASS'))
    await erase(rig, { tenantId, requestId })
    const { request } = await stateOf(tenantId, requestId)
    expect(request.state).toBe('FULFILLED')
    const audits = await rig.gateway.forTenant(tenantId).audit.findMany({ orderBy: { number: 'asc' } })
    expect(audits.map(({ number, verdict }) => [number, verdict])).toEqual([
      [1, 'RESIDUAL'],
      [2, 'PASS'],
    ])
  })

  it('runs no recipe that nobody approved: a retry with another one is refused and changes nothing', async () => {
    const { tenantId, requestId } = await begin()
    await recordResult(rig.context, audited(await trainAll(tenantId, requestId), 'RESIDUAL'))
    const retry = (recipe: UnlearningRecipe) =>
      rig.gateway
        .forTenant(tenantId)
        .$transaction((tx) => retryErasure(tx, { tenantId, requestId, unlearning: recipe, now: new Date() }))
    await expect(retry({ method: 'fine-tune', epochs: 1, learningRate: 0.5, seed: 1 })).rejects.toMatchObject({
      code: 'RECIPE_NOT_APPROVED',
    })
    expect((await stateOf(tenantId, requestId)).request.state).toBe('BLOCKED')
    expect((await retry(unlearning)).runIds).toHaveLength(1)
  })

  it('an audit under another policy than the registered one does not count', async () => {
    const { tenantId, requestId } = await begin()
    const audit = await trainAll(tenantId, requestId)
    const lenient = {
      version: 1,
      alpha: 0.05,
      aucMargin: 0.49,
      utilityMargin: 0.9,
      minimumPower: 0.1,
      views: 2,
      resamples: 200,
      seed: 1,
    } as const
    await expect(recordResult(rig.context, audited(audit, 'PASS', lenient))).rejects.toMatchObject({
      code: 'POLICY_MISMATCH',
    })
    expect(await rig.gateway.forTenant(tenantId).audit.count({ where: { requestId } })).toBe(0)
  })
})

describe('a run that does not succeed', () => {
  it.each([
    ['failed', failed, 'No memory left.'],
    ['cancelled', cancelled, 'was cancelled'],
  ] as const)(
    '%s: blocks the request with the reason, and a retry repeats only that run',
    async (_, answer, reason) => {
      const { tenantId, requestId, runIds } = await begin()
      const [candidate, comparison] = await Promise.all(runIds.map((id) => readRun(rig, tenantId, id)))
      if (!candidate || !comparison) throw new Error('two runs are expected')
      await recordResult(rig.context, answer(comparison))
      await recordResult(rig.context, trained(candidate))
      const blocked = await stateOf(tenantId, requestId)
      expect(blocked.request.state).toBe('BLOCKED')
      expect(blocked.request.stateReason).toContain(reason)
      expect(await runsOf(tenantId, requestId, 'audit')).toEqual([])
      expect((await versionOf(tenantId, comparison.modelVersionId ?? '')).state).toBe('FAILED')

      const retried = await rig.gateway
        .forTenant(tenantId)
        .$transaction((tx) => retryErasure(tx, { tenantId, requestId, now: new Date() }))
      expect(retried.runIds).toHaveLength(1)
      await recordResult(rig.context, audited(await trainAll(tenantId, requestId), 'PASS'))
      await erase(rig, { tenantId, requestId })
      expect((await stateOf(tenantId, requestId)).request.state).toBe('FULFILLED')
    },
  )

  it('an audit that failed is repeated without unlearning again', async () => {
    const { tenantId, requestId } = await begin()
    await recordResult(rig.context, failed(await trainAll(tenantId, requestId)))
    expect((await stateOf(tenantId, requestId)).request.state).toBe('BLOCKED')
    const { runIds } = await rig.gateway
      .forTenant(tenantId)
      .$transaction((tx) => retryErasure(tx, { tenantId, requestId, now: new Date() }))
    const again = await readRun(rig, tenantId, runIds[0] ?? '')
    expect(again.kind).toBe('audit')
    await recordResult(rig.context, audited(again, 'PASS'))
    await erase(rig, { tenantId, requestId })
    expect((await stateOf(tenantId, requestId)).request.state).toBe('FULFILLED')
  })
})

describe('what remembers never serves', () => {
  it('a candidate that would bring back what another request had forgotten is not promoted', async () => {
    const { tenantId, requestId: ofRuth, versionId } = await begin('ruth')
    const { requestId: ofGrace } = await approveErasure(rig, { tenantId, owner: 'grace', versionIds: [versionId] })
    const audit = await trainAll(tenantId, ofGrace)
    await recordResult(rig.context, audited(await trainAll(tenantId, ofRuth), 'PASS'))
    await recordResult(rig.context, audited(audit, 'PASS'))
    const { request, item } = await stateOf(tenantId, ofGrace)
    expect(request.state).toBe('BLOCKED')
    expect(request.stateReason).toContain('plan anew')
    expect((await versionOf(tenantId, item.resultVersionId ?? '')).state).toBe('REJECTED')
  })

  it('nobody lets a candidate serve before its audit has passed', async () => {
    const { tenantId, requestId, modelId, versionId } = await begin()
    const audit = await trainAll(tenantId, requestId)
    const candidate = (await stateOf(tenantId, requestId)).item.resultVersionId ?? ''
    expect((await versionOf(tenantId, candidate)).state).toBe('READY')
    const promotion = { tenantId, modelVersionId: candidate, decidedBy: requestId, now: new Date() }
    await expect(
      rig.gateway.forTenant(tenantId).$transaction((tx) => promoteModelVersion(tx, promotion)),
    ).rejects.toMatchObject({ code: 'NOT_AUDITED' })
    const model = await rig.gateway.forTenant(tenantId).model.findFirstOrThrow({ where: { id: modelId } })
    expect(model.productionVersionId).toBe(versionId)
    await recordResult(rig.context, audited(audit, 'PASS'))
    expect((await versionOf(tenantId, candidate)).state).toBe('PRODUCTION')
  })

  it('a request is not fulfilled while another version still remembers', async () => {
    const { tenantId, datasetVersionId, requestId } = await begin()
    await rig.test.owner.query("UPDATE erasure_request SET state = 'WITHDRAWN' WHERE id = $1", [requestId])
    const stray = await startPretraining(rig, { tenantId, datasetVersionId })
    await rig.test.owner.query("UPDATE erasure_request SET state = 'UNLEARNING' WHERE id = $1", [requestId])
    await recordResult(rig.context, trained(stray.run))
    await recordResult(rig.context, audited(await trainAll(tenantId, requestId), 'PASS'))
    const { request, clock } = await stateOf(tenantId, requestId)
    expect([request.state, clock.state]).toEqual(['BLOCKED', 'RUNNING'])
    expect(request.stateReason).toContain('does not cover')

    await rig.test.owner.query("UPDATE erasure_request SET state = 'FULFILLED' WHERE id = $1", [requestId])
    const promotion = { tenantId, modelVersionId: stray.versionId, decidedBy: requestId, now: new Date() }
    await expect(
      rig.gateway.forTenant(tenantId).$transaction((tx) => promoteModelVersion(tx, promotion)),
    ).rejects.toMatchObject({ code: 'FORGOTTEN_DATA' })
  })

  it('a training that starts while a request stands leaves its samples out', async () => {
    const { tenantId, datasetVersionId, requestId } = await begin()
    const { run } = await startPretraining(rig, { tenantId, datasetVersionId })
    const { request } = await stateOf(tenantId, requestId)
    const task = Task.parse(run.task)
    expect(task.kind === 'pretrain' && task.excluded.map(({ digest }) => digest)).toEqual([request.forgetDigest])
  })

  it('a result that comes after the request was closed makes no follow-up and no version that serves', async () => {
    const { tenantId, requestId, runIds } = await begin()
    await rig.test.owner.query("UPDATE erasure_request SET state = 'WITHDRAWN' WHERE id = $1", [requestId])
    for (const id of runIds) await recordResult(rig.context, trained(await readRun(rig, tenantId, id)))
    expect(await runsOf(tenantId, requestId, 'audit')).toEqual([])
    const states = await rig.gateway.forTenant(tenantId).modelVersion.findMany({ where: { runId: { in: runIds } } })
    expect(states.map(({ state }) => state)).toEqual(['REJECTED', 'REJECTED'])
  })
})
