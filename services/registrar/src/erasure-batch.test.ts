import { Task } from '@lethe/bus'
import { closeErasureRequest, retryErasure, type Run } from '@lethe/db'
import { type ErasureState, predicateIn } from '@lethe/domain'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recordEvidence } from './record-evidence.js'
import { recordResult } from './results/record-result.js'
import { erase } from './testing/erase.js'
import { audited, cancelled, failed, trained } from './testing/results.js'
import { type Rig, startRig } from './testing/rig.js'
import {
  approveTogether,
  contentIdOf,
  createDataset,
  createProductionModel,
  readRun,
  samples,
} from './testing/world.js'

let rig: Rig
beforeAll(async () => {
  rig = await startRig()
})
afterAll(() => rig.stop())

const client = (tenantId: string) => rig.gateway.forTenant(tenantId)

/** A served model, and two requests that are unlearned from it in one run; `shared` pictures are asked for by both. */
async function begin({ shared = false } = {}) {
  const dataset = await createDataset(rig)
  const model = await createProductionModel(rig, dataset)
  const versionIds = [model.versionId]
  const ruths = samples.filter(({ owner }) => owner === 'ruth').map(({ contentId }) => contentId)
  const both = contentIdOf('grace-3')
  const { requestIds } = await approveTogether(rig, [
    { ...dataset, owner: 'ruth', versionIds, contentIds: shared ? [...ruths, both] : ruths },
    { ...dataset, owner: 'grace', versionIds, contentIds: [both] },
  ])
  const [first, second] = requestIds as [string, string]
  return { ...dataset, ...model, first, second }
}

const runsOf = (tenantId: string, where: object): Promise<Run[]> =>
  client(tenantId).run.findMany({ where, orderBy: { id: 'asc' } })

async function trainAll(tenantId: string): Promise<void> {
  for (const run of await runsOf(tenantId, { kind: 'unlearn', state: 'QUEUED' }))
    await recordResult(rig.context, trained(run))
}

async function auditOf(tenantId: string, requestId: string): Promise<Run> {
  const run = (await runsOf(tenantId, { kind: 'audit', requestId })).at(-1)
  if (!run) throw new Error('no audit was started')
  return run
}

const requestOf = (tenantId: string, id: string) =>
  client(tenantId).erasureRequest.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id } } })

const stateOf = async (tenantId: string, id: string) => (await requestOf(tenantId, id)).state as ErasureState

const versionsOf = (tenantId: string) => client(tenantId).modelVersion.findMany({ orderBy: { number: 'asc' } })

const kindsOf = async (tenantId: string, requestId: string) =>
  (await client(tenantId).evidence.findMany({ where: { requestId }, orderBy: { seq: 'asc' } })).map(({ kind }) => kind)

/** Takes a request back, as the gateway does. */
const withdraw = (tenantId: string, requestId: string) =>
  client(tenantId).$transaction(async (tx) => {
    const now = rig.context.now()
    const { evidence } = await closeErasureRequest(tx, { tenantId, requestId, to: 'WITHDRAWN', now })
    await recordEvidence(tx, { tenantId, entries: evidence, now })
  })

describe('requests that share a run', () => {
  it('have one candidate and one comparison, made of the union of their sets', async () => {
    const { tenantId, first, second } = await begin({ shared: true })
    const runs = await runsOf(tenantId, { kind: 'unlearn' })
    expect(runs).toHaveLength(2)
    const requests = await Promise.all([first, second].map((id) => requestOf(tenantId, id)))
    for (const { task } of runs) {
      const parsed = Task.parse(task)
      if (parsed.kind !== 'unlearn') throw new Error('no unlearning')
      // Three pictures of Ruth's that were trained on, and one that both ask for.
      expect(parsed.learnedCount).toBe(4)
      const sets = [parsed.forget, ...(parsed.together ?? [])].map(({ digest }) => digest as string)
      expect(sets.sort()).toEqual(requests.map(({ forgetDigest }) => forgetDigest).sort())
    }
  })

  it('have each an audit, evidence, receipts and an end of their own', async () => {
    const { tenantId, modelId, first, second } = await begin({ shared: true })
    await trainAll(tenantId)
    const audits = [await auditOf(tenantId, first), await auditOf(tenantId, second)] as const
    const [ofFirst, ofSecond] = audits.map(({ task }) => Task.parse(task))
    if (ofFirst?.kind !== 'audit' || ofSecond?.kind !== 'audit') throw new Error('no audits')
    expect([ofFirst.learnedCount, ofSecond.learnedCount]).toEqual([4, 1])
    expect(ofFirst.together?.map(({ digest }) => digest)).toEqual([ofSecond.forget.digest])
    expect(ofFirst.after).toEqual(ofSecond.after)
    expect(ofFirst.references).toHaveLength(1)

    await recordResult(rig.context, audited(audits[0], 'PASS'))
    expect(await stateOf(tenantId, first)).toBe('AUDITING')
    const model = () => client(tenantId).model.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id: modelId } } })
    const before = (await model()).productionVersionId
    await recordResult(rig.context, audited(audits[1], 'PASS'))
    expect((await model()).productionVersionId).not.toBe(before)
    expect([await stateOf(tenantId, first), await stateOf(tenantId, second)]).toEqual(['ERASING', 'ERASING'])

    await erase(rig, { tenantId, requestId: first })
    expect([await stateOf(tenantId, first), await stateOf(tenantId, second)]).toEqual(['FULFILLED', 'ERASING'])
    await erase(rig, { tenantId, requestId: second })
    expect(await stateOf(tenantId, second)).toBe('FULFILLED')
    const made = (await versionsOf(tenantId)).map(({ id }) => id).sort()
    for (const requestId of [first, second]) {
      const kinds = await kindsOf(tenantId, requestId)
      const listed = await client(tenantId).erasureThing.findMany({ where: { requestId, thing: 'model-version' } })
      // The second one's picture is among the first one's too: what left that set out counts all the same.
      expect(listed.map(({ refId }) => refId).sort()).toEqual(made)
      for (const kind of ['erasure-batched/v1', 'audit-completed/v1', 'closure-assessed/v1', 'erasure-closed/v1'])
        expect(
          kinds.filter((each) => each === kind),
          kind,
        ).toHaveLength(1)
      expect(kinds.filter((kind) => kind === 'model-unlearned/v1')).toHaveLength(2)
      // Two trainings and an audit, and whatever cut packs for it.
      expect(kinds.filter((kind) => kind === 'cost-recorded/v1').length).toBeGreaterThanOrEqual(3)
      expect(kinds.filter((kind) => kind === 'data-deleted/v1').length).toBeGreaterThanOrEqual(3)
      const clock = await client(tenantId).slaClock.findFirstOrThrow({ where: { requestId } })
      expect(clock.state).toBe('MET')
    }
  })

  it('put the run on record for each, under its own commitment and beside the other one', async () => {
    const { tenantId, first, second } = await begin()
    await trainAll(tenantId)
    const requests = await Promise.all([first, second].map((id) => requestOf(tenantId, id)))
    const commitments = requests.map(({ forgetSetCommitment }) => forgetSetCommitment)
    for (const [place, requestId] of [first, second].entries()) {
      const rows = await client(tenantId).evidence.findMany({ where: { requestId, kind: 'model-unlearned/v1' } })
      for (const { payload } of rows) {
        const facts = predicateIn('model-unlearned/v1', payload)
        expect(facts?.forgetSetCommitment).toBe(commitments[place])
        expect(facts?.together).toEqual([commitments[1 - place]])
        expect([...(facts?.excluded ?? [])].sort()).toEqual([...commitments].sort())
      }
    }
  })
})

describe('a batch of which one audit does not pass', () => {
  it('stops all of them, and says to the others which request it was', async () => {
    const { tenantId, versionId, first, second } = await begin()
    await trainAll(tenantId)
    await recordResult(rig.context, audited(await auditOf(tenantId, first), 'PASS'))
    await recordResult(rig.context, audited(await auditOf(tenantId, second), 'RESIDUAL'))
    const [one, two] = [await requestOf(tenantId, first), await requestOf(tenantId, second)]
    expect([one.state, two.state]).toEqual(['BLOCKED', 'BLOCKED'])
    expect(one.stateReason).toContain(`Request ${two.number}, which is unlearned in the same run`)
    expect(two.stateReason).toContain('RESIDUAL')
    const [parent, candidate] = await versionsOf(tenantId)
    expect([parent?.id, parent?.state, candidate?.state]).toEqual([versionId, 'PRODUCTION', 'REJECTED'])
  })

  it('lets each go on alone, with a candidate of its own', async () => {
    const { tenantId, first, second } = await begin()
    await trainAll(tenantId)
    await recordResult(rig.context, audited(await auditOf(tenantId, second), 'RESIDUAL'))
    // The other audit was under way: it is on record, and nothing follows from it.
    await recordResult(rig.context, audited(await auditOf(tenantId, first), 'PASS'))
    expect(await stateOf(tenantId, first)).toBe('BLOCKED')
    const { runIds } = await client(tenantId).$transaction((tx) =>
      retryErasure(tx, { tenantId, requestId: first, now: new Date() }),
    )
    const runs = await Promise.all(runIds.map((id) => readRun(rig, tenantId, id)))
    for (const { task } of runs) expect(Task.parse(task)).not.toHaveProperty('together')
    await trainAll(tenantId)
    await recordResult(rig.context, audited(await auditOf(tenantId, first), 'PASS'))
    expect(await stateOf(tenantId, first)).toBe('ERASING')
  })

  it.each([
    ['failed', failed],
    ['was cancelled', cancelled],
  ] as const)('stops all of them when its run %s', async (_, answer) => {
    const { tenantId, first, second } = await begin()
    const [run] = await runsOf(tenantId, { kind: 'unlearn' })
    if (!run) throw new Error('no run')
    await recordResult(rig.context, answer(run))
    expect([await stateOf(tenantId, first), await stateOf(tenantId, second)]).toEqual(['BLOCKED', 'BLOCKED'])
  })
})

describe('one that is withdrawn', () => {
  it('in the middle of the run leaves it to the other, and keeps no audit of its own', async () => {
    const { tenantId, first, second } = await begin()
    await withdraw(tenantId, first)
    await trainAll(tenantId)
    expect(await runsOf(tenantId, { kind: 'audit', requestId: first })).toEqual([])
    await recordResult(rig.context, audited(await auditOf(tenantId, second), 'PASS'))
    await erase(rig, { tenantId, requestId: second })
    expect([await stateOf(tenantId, first), await stateOf(tenantId, second)]).toEqual(['WITHDRAWN', 'FULFILLED'])
  })

  it('after its audit stays on record with it; the candidate still says what it has forgotten', async () => {
    const { tenantId, first, second } = await begin()
    await trainAll(tenantId)
    await recordResult(rig.context, audited(await auditOf(tenantId, first), 'PASS'))
    await withdraw(tenantId, first)
    await recordResult(rig.context, audited(await auditOf(tenantId, second), 'PASS'))
    expect(await stateOf(tenantId, second)).toBe('ERASING')
    const candidate = (await versionsOf(tenantId)).find(({ state }) => state === 'PRODUCTION')
    expect(candidate?.excluded).toHaveLength(2)
    const closed = await client(tenantId).evidence.findFirstOrThrow({
      where: { requestId: first, kind: 'erasure-closed/v1' },
    })
    expect(predicateIn('erasure-closed/v1', closed.payload)?.audits).toEqual([{ number: 1, verdict: 'PASS' }])
  })

  it('while the other waits for its audit alone lets that one go on once the audit is cancelled', async () => {
    const { tenantId, first, second } = await begin()
    await trainAll(tenantId)
    await recordResult(rig.context, audited(await auditOf(tenantId, second), 'PASS'))
    expect(await stateOf(tenantId, second)).toBe('AUDITING')
    await withdraw(tenantId, first)
    await recordResult(rig.context, cancelled(await auditOf(tenantId, first)))
    expect(await stateOf(tenantId, second)).toBe('ERASING')
  })
})

describe('an erasure that waits for a dataset to be taken in', () => {
  it('says for which and until when, and stops with the reason when that has passed', async () => {
    const { tenantId, first } = await begin()
    await withdraw(
      tenantId,
      (await client(tenantId).erasureRequest.findFirstOrThrow({ where: { id: { not: first } } })).id,
    )
    await trainAll(tenantId)
    await recordResult(rig.context, audited(await auditOf(tenantId, first), 'PASS'))
    const { datasetId } = await client(tenantId).datasetVersion.findFirstOrThrow()
    const [{ id } = { id: '' }] = (
      await rig.test.owner.query<{ id: string }>(
        `INSERT INTO dataset_version (id, tenant_id, dataset_id, number, upload_digest, upload_size, image_size)
         VALUES (gen_random_uuid(), $1, $2, 9, $3, 1, 8) RETURNING id`,
        [tenantId, datasetId, 'a'.repeat(64)],
      )
    ).rows
    await erase(rig, { tenantId, requestId: first })
    expect((await requestOf(tenantId, first)).stateReason).toMatch(
      /version 9, is being taken in; .*Waits until \d{4}-.*Z/,
    )
    await rig.test.owner.query(`UPDATE dataset_version SET created_at = now() - interval '25 hours' WHERE id = $1`, [
      id,
    ])
    await erase(rig, { tenantId, requestId: first })
    const blocked = await requestOf(tenantId, first)
    expect([blocked.state, blocked.stateReason]).toEqual(['BLOCKED', expect.stringContaining('more than 24 hours')])
    await rig.test.owner.query(`UPDATE dataset_version SET state = 'FAILED' WHERE id = $1`, [id])
    await client(tenantId).$transaction((tx) => retryErasure(tx, { tenantId, requestId: first, now: new Date() }))
    expect(await stateOf(tenantId, first)).toBe('ERASING')
  })
})
