import { type EvidencePredicate, predicateIn, UnlearningRecipe } from '@lethe/domain'
import type { RunResult } from '@lethe/bus'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { audited, failed, trained } from '../testing/results.js'
import { type Rig, startRig } from '../testing/rig.js'
import { approveErasure, createDataset, createProductionModel, fineTuning, readRun } from '../testing/world.js'
import { recordResult } from './record-result.js'

let rig: Rig
beforeAll(async () => {
  rig = await startRig()
})
afterAll(() => rig.stop())

const retraining = UnlearningRecipe.parse({ method: 'retrain', seed: 3 })

/** A request whose unlearning runs beside these comparisons. */
async function begin(comparisons: readonly UnlearningRecipe[]) {
  const dataset = await createDataset(rig)
  const model = await createProductionModel(rig, dataset)
  const request = await approveErasure(rig, { ...dataset, owner: 'ruth', versionIds: [model.versionId], comparisons })
  const runs = await Promise.all(request.runIds.map((id) => readRun(rig, dataset.tenantId, id)))
  return { ...dataset, ...request, runs }
}

const lasting = (result: RunResult, wallSeconds: number): RunResult =>
  result.outcome === 'succeeded' ? { ...result, cost: { ...result.cost, wallSeconds } } : result

/** Of everything but the ingest, in the order in which it went on record. */
async function costsOf(tenantId: string): Promise<EvidencePredicate<'cost-recorded/v1'>[]> {
  const rows = await rig.gateway.forTenant(tenantId).evidence.findMany({
    where: { kind: 'cost-recorded/v1' },
    orderBy: { seq: 'asc' },
  })
  return rows
    .flatMap(({ payload }) => predicateIn('cost-recorded/v1', payload) ?? [])
    .filter(({ kind }) => kind !== 'ingest')
}

it('a training from scratch costs what was measured, with no retraining beside it', async () => {
  const { tenantId } = await begin([])
  const [cost] = await costsOf(tenantId)
  expect(cost).toMatchObject({ kind: 'pretrain', outcome: 'succeeded', retraining: null, shareOfRetraining: null })
  expect(cost?.measured).toEqual({ wallSeconds: 1.5, cpuSeconds: 2, peakMemoryBytes: 1e6, device: 'cpu' })
})

it('an unlearning stands beside an estimate from this model’s history, with an interval once two trainings are known', async () => {
  const { tenantId, runs } = await begin([fineTuning])
  const [first, second] = runs
  if (!first || !second) throw new Error('two runs were expected')
  await recordResult(rig.context, trained(first))
  await recordResult(rig.context, lasting(trained(second), 6))
  const [, unlearned, tuned] = await costsOf(tenantId)
  // One epoch over three samples took 1.5 s; retraining reads the same three once.
  expect(unlearned?.retraining).toMatchObject({ basis: 'estimated', trainings: 2 })
  expect(unlearned?.retraining?.basis === 'estimated' && unlearned.retraining.wallSeconds).toBeCloseTo(1.5, 9)
  expect(unlearned?.shareOfRetraining).toBeCloseTo(1, 9)
  expect(tuned?.shareOfRetraining).toBeCloseTo(4, 9)
  for (const cost of [unlearned, tuned]) {
    if (cost?.retraining?.basis !== 'estimated') throw new Error('an estimate was expected')
    const [low, high] = cost.retraining.interval ?? [NaN, NaN]
    expect(low).toBeLessThan(1.5)
    expect(high).toBeGreaterThan(1.5)
  }
})

it('the truth takes the place of estimates when a retraining has been done, and of nobody else’s', async () => {
  const other = await begin([fineTuning])
  const { tenantId, runs } = await begin([retraining])
  const [candidate, retrained] = runs
  if (!candidate || !retrained) throw new Error('two runs were expected')
  await recordResult(rig.context, trained(candidate))
  await recordResult(rig.context, lasting(trained(retrained), 12))
  const [, , own, replaced, ...rest] = await costsOf(tenantId)
  expect(rest).toEqual([])
  const truth = { basis: 'measured', runId: retrained.id, wallSeconds: 12 }
  expect(own).toMatchObject({ runId: retrained.id, retraining: truth, shareOfRetraining: 1, replacesEstimate: false })
  expect(replaced).toMatchObject({ runId: candidate.id, retraining: truth, replacesEstimate: true })
  expect(replaced?.shareOfRetraining).toBeCloseTo(1.5 / 12, 9)
  expect((await costsOf(other.tenantId)).filter(({ replacesEstimate }) => replacesEstimate)).toEqual([])
})

it('an audit is compared with retraining what it audits, and a failed run costs its time', async () => {
  const { tenantId, requestId, runs } = await begin([retraining])
  for (const run of runs) await recordResult(rig.context, trained(run))
  const client = rig.gateway.forTenant(tenantId)
  const audit = await client.run.findFirstOrThrow({ where: { requestId, kind: 'audit' } })
  await recordResult(rig.context, audited(audit, 'PASS'))
  expect((await costsOf(tenantId)).at(-1)).toMatchObject({ kind: 'audit', retraining: { basis: 'measured' } })

  const failing = await begin([])
  const [run] = failing.runs
  if (!run) throw new Error('a run was expected')
  await recordResult(rig.context, failed(run))
  expect((await costsOf(failing.tenantId)).at(-1)).toMatchObject({
    outcome: 'failed',
    measured: { wallSeconds: 1.5 },
    retraining: null,
  })
})
