import type { RunResult, Task } from '@lethe/bus'
import { writeWebDataset, encodePng } from '@lethe/datasets'
import { AuditPolicy, type Digest } from '@lethe/domain'
import { parseSafetensors } from '@lethe/safetensors'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { forgetBytes, tinyPack, tinyRecipe } from '../../../test/kit/tiny-training.js'
import { absent, newRunId, startComputeRig, type ComputeRig } from './testing/rig.js'

let rig: ComputeRig
beforeAll(async () => {
  rig = await startComputeRig()
})
afterAll(() => rig.stop())

const until = <T>(check: () => T): Promise<T> => vi.waitFor(check, { timeout: 60_000, interval: 20 })
const resultsOf = ({ runId }: Pick<Task, 'runId'>) => rig.results.filter((result) => result.runId === runId)
const progressOf = ({ runId }: Pick<Task, 'runId'>) => rig.progress.filter((told) => told.runId === runId)

async function pretrainTask(epochs: number): Promise<Task & { kind: 'pretrain' }> {
  const pack = await rig.artifacts.put(rig.tenantId, tinyPack())
  const { tenantId } = rig
  return { version: 1, kind: 'pretrain', tenantId, runId: newRunId(), pack, excluded: [], recipe: tinyRecipe(epochs) }
}

async function run<Kind extends Task['kind']>(task: Task & { kind: Kind }) {
  await rig.submit(task)
  const [result] = await until(() => {
    const results = resultsOf(task)
    expect(results).toHaveLength(1)
    return results
  })
  if (result?.outcome !== 'succeeded' || result.output.kind !== task.kind) throw new Error(JSON.stringify(result))
  return result as Extract<RunResult, { outcome: 'succeeded' }> & { output: { kind: Kind } }
}

async function untilEpoch(task: Task, epoch: number): Promise<void> {
  await until(() =>
    expect(Math.max(0, ...progressOf(task).map(({ progress }) => progress.epoch ?? 0))).toBeGreaterThan(epoch),
  )
}

describe('a worker that goes away', () => {
  it('kill -9 mid-run: another resumes from the last checkpoint and ends with the very same weights', async () => {
    const task = await pretrainTask(100)
    const first = rig.spawnWorker()
    await rig.submit(task)
    await untilEpoch(task, 5)
    await first.kill('SIGKILL')
    const second = rig.spawnWorker()
    await until(() => expect(resultsOf(task)).toMatchObject([{ outcome: 'succeeded', attempt: 2 }]))
    const resumed = progressOf(task).filter(({ attempt }) => attempt === 2)
    expect(resumed[0]?.progress.epoch).toBeGreaterThan(2)
    const undisturbed = await run({ ...task, runId: newRunId() })
    const [result] = resultsOf(task)
    expect(result?.outcome === 'succeeded' && result.output).toMatchObject({
      checkpoint: { weights: undisturbed.output.kind === 'pretrain' ? undisturbed.output.checkpoint.weights : null },
    })
    expect(await second.kill('SIGTERM')).toBe(0)
    expect(resultsOf(task)).toHaveLength(1)
  }, 90_000)

  it('SIGTERM mid-run: checkpoints, hands back, and another goes on from there', async () => {
    const task = await pretrainTask(100)
    const first = rig.spawnWorker({ CHECKPOINT_SECONDS: '3600' })
    await rig.submit(task)
    await untilEpoch(task, 5)
    expect(await first.kill('SIGTERM')).toBe(0)
    expect(resultsOf(task)).toEqual([])
    expect(first.lines).toContainEqual(expect.objectContaining({ event: 'handed-back', runId: task.runId }))
    const second = rig.spawnWorker()
    await until(() => expect(resultsOf(task)).toMatchObject([{ outcome: 'succeeded', attempt: 2 }]))
    const resumed = progressOf(task).filter(({ attempt }) => attempt === 2)
    expect(resumed[0]?.progress.epoch).toBeGreaterThan(5)
    await second.kill('SIGTERM')
  }, 90_000)

  it('leaves no checkpoint of an unfinished run behind', async () => {
    const { names } = await storedNames()
    const kept = rig.results.flatMap((result) =>
      result.outcome === 'succeeded' && result.output.kind === 'pretrain'
        ? [result.output.checkpoint.weights.digest, result.output.checkpoint.state.digest]
        : [],
    )
    const pack = (await rig.artifacts.put(rig.tenantId, tinyPack())).digest
    expect(names.toSorted()).toEqual([...new Set([...kept, pack])].toSorted())
  })
})

async function storedNames() {
  const bucket = await rig.bus.js.streams.get('OBJ_artifacts')
  const { state } = await bucket.info(false, { subjects_filter: '$O.artifacts.M.>' })
  const names: string[] = []
  for (const subject of Object.keys(state.subjects ?? {})) {
    const message = await bucket.getMessage({ last_by_subj: subject })
    const info = message?.json<{ name: string; deleted?: boolean }>()
    if (info && !info.deleted) names.push(info.name.split('/')[1] ?? '')
  }
  return { names }
}

describe('one worker', () => {
  let worker: ReturnType<ComputeRig['spawnWorker']>
  beforeAll(() => {
    worker = rig.spawnWorker()
  })
  afterAll(() => worker.kill('SIGKILL'))

  it('stops a running task when it is cancelled, and takes the next', async () => {
    const task = await pretrainTask(10_000)
    await rig.submit(task)
    await untilEpoch(task, 1)
    await rig.cancel(task)
    const asked = performance.now()
    await until(() => expect(resultsOf(task)).toMatchObject([{ outcome: 'cancelled' }]))
    console.info(`cancelled after ${Math.round(performance.now() - asked)} ms`)
    expect(await run(await pretrainTask(2))).toMatchObject({ outcome: 'succeeded' })
  })

  it('goes the whole way: ingest, pretrain, unlearn, audit', async () => {
    const { tenantId } = rig
    const samples = await Promise.all(
      Array.from({ length: 48 }, async (_, index) => {
        const pixels = Uint8Array.from({ length: 16 * 16 * 3 }, (_, at) => (at * (index + 3) * 7 + index * 31) % 251)
        return {
          key: `picture-${index}`,
          picture: await encodePng(pixels, 16),
          label: `picture ${index}`,
          group: index % 2 ? 'odd' : 'even',
          owner: index < 8 ? 'anna' : 'ben',
          split: index < 32 ? ('train' as const) : ('held-out' as const),
        }
      }),
    )
    const upload = await rig.artifacts.put(tenantId, await writeWebDataset(samples))
    const ingested = await run({ version: 1, kind: 'ingest', tenantId, runId: newRunId(), upload, imageSize: 8 })
    expect(ingested.output).toMatchObject({ sampleCount: 48, quarantinedCount: 0 })
    if (ingested.output.kind !== 'ingest') return
    const lines = Buffer.from(await rig.artifacts.get(tenantId, ingested.output.samples.digest)).toString()
    const ids = lines
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { contentId: string; owner: string })
      .filter(({ owner }) => owner === 'anna')
      .map(({ contentId }) => contentId)
    const forget = await rig.artifacts.put(tenantId, new TextEncoder().encode(ids.map((id) => `${id}\n`).join('')))
    const { pack } = ingested.output
    const recipe = tinyRecipe(4)
    const base = { version: 1 as const, tenantId, pack, excluded: [], recipe }
    const trained = await run({ ...base, kind: 'pretrain', runId: newRunId() })
    if (trained.output.kind !== 'pretrain') return
    expect(trained.output).toMatchObject({ trainCount: 32, provenance: { backend: 'wasm' } })
    expect(trained.output.curve).toHaveLength(4)
    expect(trained.cost.cpuSeconds).toBeGreaterThan(0)
    expect(trained.cost.peakMemoryBytes).toBeGreaterThan(10e6)
    const parent = trained.output.checkpoint
    const unlearning = {
      method: 'alignment-calibration' as const,
      epochs: 2,
      learningRate: 0.01,
      seed: 1,
      alpha: 1,
      beta: 2,
      repairEpochs: 1,
    }
    const unlearned = await run({ ...base, kind: 'unlearn', runId: newRunId(), forget, parent, unlearning })
    if (unlearned.output.kind !== 'unlearn') return
    expect(unlearned.output).toMatchObject({ trainCount: 24, forgetCount: 8, resemblingCount: expect.any(Number) })
    expect(unlearned.output.checkpoint.weights.digest).not.toBe(parent.weights.digest)
    const audited = await run({
      ...base,
      kind: 'audit',
      runId: newRunId(),
      forget,
      before: parent,
      after: unlearned.output.checkpoint,
      method: 'alignment-calibration',
      references: [],
      policy: AuditPolicy.parse({ version: 1, views: 3, resamples: 200 }),
    })
    if (audited.output.kind !== 'audit') return
    expect(audited.output.report.sizes).toEqual({ forget: 8, heldOut: 16, retain: 24 })
    const { matrices, data } = audited.output.report
    for (const named of [matrices, data])
      expect((await rig.artifacts.get(tenantId, named?.digest ?? forget.digest)).length).toBe(named?.size)
    expect(worker.lines.map((line) => JSON.stringify(line)).join()).not.toContain(ids[0])
  })

  it.each([
    ['unknown samples', async () => forgetBytes([1, 4711]), 'FORGET_SAMPLES_UNKNOWN'],
    ['nothing', async () => new Uint8Array(0), 'FORGET_SET_EMPTY'],
    ['everything', async () => forgetBytes(Array.from({ length: 32 }, (_, index) => index)), 'RETAIN_SET_EMPTY'],
    ['what is no list of ids', async () => new TextEncoder().encode('anna\n'), 'FORGET_SET_INVALID'],
  ])('refuses to forget %s before anything is computed', async (_, bytes, code) => {
    const task = await pretrainTask(2)
    const { output } = await run(task)
    if (output.kind !== 'pretrain') return
    const unlearn: Task = {
      ...task,
      kind: 'unlearn',
      runId: newRunId(),
      forget: await rig.artifacts.put(rig.tenantId, await bytes()),
      parent: output.checkpoint,
      unlearning: { method: 'fine-tune', epochs: 1, learningRate: 0.01, seed: 1 },
    }
    await rig.submit(unlearn)
    const error = { code, field: 'forget' }
    await until(() => expect(resultsOf(unlearn)).toMatchObject([{ outcome: 'failed', attempt: 1, error }]))
    expect(progressOf(unlearn)).toEqual([])
  })

  it('keeps the last good checkpoint of training that diverges, and names it in the result', async () => {
    const task = await pretrainTask(200)
    const optimizer = { ...task.recipe.optimizer, learningRate: 100, weightDecay: 1 }
    const diverging: Task = { ...task, recipe: { ...task.recipe, optimizer } }
    await rig.submit(diverging)
    await until(() => expect(resultsOf(diverging)).toMatchObject([{ error: { code: 'LOSS_NOT_FINITE' } }]))
    const [result] = resultsOf(diverging)
    const lastGood = result?.outcome === 'failed' ? result.error.lastGood : undefined
    const weights = await rig.artifacts.get(rig.tenantId, lastGood?.weights.digest as Digest)
    for (const { data } of parseSafetensors(weights).tensors.values())
      expect(Array.from(data).every(Number.isFinite)).toBe(true)
  })

  it('refuses a blob that is missing, or is no pack, with a code', async () => {
    const task = await pretrainTask(2)
    const missing = { ...task, pack: absent }
    const noPack = { ...task, runId: newRunId(), pack: await rig.artifacts.put(rig.tenantId, new Uint8Array(100)) }
    await Promise.all([missing, noPack].map((one) => rig.submit(one)))
    await until(() =>
      expect(resultsOf(missing)).toMatchObject([{ outcome: 'failed', error: { code: 'ARTIFACT_MISSING' } }]),
    )
    await until(() => expect(resultsOf(noPack)).toMatchObject([{ outcome: 'failed', error: { code: 'PACK_INVALID' } }]))
  })
})

it('takes one task and exits when it is started for one', async () => {
  const [first, second] = [await pretrainTask(2), await pretrainTask(2)]
  await Promise.all([first, second].map((task) => rig.submit(task)))
  const once = rig.spawnWorker({}, ['--once'])
  await until(() => expect(once.process.exitCode).toBe(0))
  expect([...resultsOf(first), ...resultsOf(second)]).toHaveLength(1)
})

it('prints every problem of its configuration and exits 1', async () => {
  const broken = rig.spawnWorker({ NATS_URL: '', KINDS: 'bake', HEALTH_PORT: '-1' })
  await until(() => expect(broken.process.exitCode).toBe(1))
})
