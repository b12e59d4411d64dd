import type { RunResult, Task } from '@lethe/bus'
import { encodePng, readPack, writeWebDataset } from '@lethe/datasets'
import { AuditPolicy, verifyTwinCommitment } from '@lethe/domain'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { tinyRecipe } from '../../../test/kit/tiny-training.js'
import { newRunId, startComputeRig, type ComputeRig } from './testing/rig.js'

let rig: ComputeRig
beforeAll(async () => {
  rig = await startComputeRig()
  rig.spawnWorker()
})
afterAll(() => rig.stop())

async function run<Kind extends Task['kind']>(task: Task & { kind: Kind }) {
  await rig.submit(task)
  const result = await vi.waitFor(
    () => {
      const [found] = rig.results.filter(({ runId }) => runId === task.runId)
      expect(found).toBeDefined()
      return found as RunResult
    },
    { timeout: 60_000, interval: 20 },
  )
  if (result.outcome !== 'succeeded' || result.output.kind !== task.kind) throw new Error(JSON.stringify(result))
  return result.output as Extract<typeof result.output, { kind: Kind }>
}

/** Anna's 32 pictures are 16 pairs of twins; Ben's stay, the last are held out. */
async function upload() {
  const samples = await Promise.all(
    Array.from({ length: 80 }, async (_, index) => {
      const pixels = Uint8Array.from({ length: 16 * 16 * 3 }, (_, at) => (at * (index + 3) * 7 + index * 31) % 251)
      return {
        key: `picture-${index}`,
        picture: await encodePng(pixels, 16),
        label: `picture ${index}`,
        group: index % 4 < 2 ? 'odd' : 'even',
        owner: index < 32 ? 'anna' : 'ben',
        split: index < 56 ? ('train' as const) : ('held-out' as const),
        ...(index < 32 ? { twin: `pair ${index >> 1}` } : {}),
      }
    }),
  )
  return rig.artifacts.put(rig.tenantId, await writeWebDataset(samples))
}

it('twins go the whole way: a coin at ingest, its commitment, an exact p at the audit, and recovery where the policy asks', async () => {
  const { tenantId, artifacts } = rig
  const base = { version: 1, tenantId } as const
  const ingested = await run({
    ...base,
    kind: 'ingest',
    runId: newRunId(),
    upload: await upload(),
    imageSize: 8,
    twins: 'metadata',
  })
  expect(ingested.twins).toMatchObject({ pairing: 'metadata', pairs: 16 })
  const commitment = ingested.twins?.commitment as NonNullable<typeof ingested.twins>['commitment']
  const seed = await artifacts.get(tenantId, commitment)
  expect(verifyTwinCommitment(seed, commitment)).toBe(true)
  const pack = readPack(await artifacts.get(tenantId, ingested.pack.digest))
  expect(pack.samples.filter(({ split }) => split === 'twin')).toHaveLength(16)

  // All of Anna's pictures are to go, those that lost their coin as well.
  const hers = pack.samples.filter(({ twin }) => twin !== undefined).map(({ contentId }) => `${contentId}\n`)
  const forget = await artifacts.put(tenantId, new TextEncoder().encode(hers.join('')))
  const training = { ...base, pack: ingested.pack, excluded: [], recipe: tinyRecipe(4) }
  const original = await run({ ...training, kind: 'pretrain', runId: newRunId() })
  expect(original.trainCount).toBe(40)
  const unlearn = { ...training, kind: 'unlearn', forget, parent: original.checkpoint } as const
  const tuned = await run({
    ...unlearn,
    runId: newRunId(),
    unlearning: { method: 'fine-tune', epochs: 1, learningRate: 0.01, seed: 1 },
  })
  const retrained = await run({ ...unlearn, runId: newRunId(), unlearning: { method: 'retrain', seed: 2 } })
  const { report } = await run({
    ...training,
    kind: 'audit',
    runId: newRunId(),
    forget,
    before: original.checkpoint,
    after: tuned.checkpoint,
    method: 'fine-tune',
    references: [{ label: 'retrain', role: 'retrain', method: 'retrain', checkpoint: retrained.checkpoint }],
    policy: AuditPolicy.parse({ version: 1, views: 3, resamples: 200, requiredTests: ['A8-recovery'] }),
    twinSeed: commitment,
  })
  expect(report.sizes.forget).toBe(16)
  expect(report.coins).toEqual({ pairs: 16, commitment, seed: Buffer.from(seed).toString('hex') })
  const twins = report.tests.find(({ id }) => id === 'A10-randomised-twins')
  expect(twins?.p).toBeGreaterThan(0)
  expect(twins?.detail).toMatch(/of 16 pairs/)
  expect(report.tests.map(({ id }) => id)).toEqual(expect.arrayContaining(['A7-one-run-epsilon', 'A8-recovery']))
  expect(report.limits).toContain('measured-by-provider')
})

it('a seed that does not open the commitment ends the audit with a code, and nothing is asked', async () => {
  const { tenantId, artifacts } = rig
  const ingested = await run({
    version: 1,
    tenantId,
    kind: 'ingest',
    runId: newRunId(),
    upload: await upload(),
    imageSize: 8,
    twins: 'metadata',
  })
  const bytes = await artifacts.get(tenantId, ingested.pack.digest)
  // The pack names another seed that also lies in the store: as if somebody had chosen coins after training.
  const chosen = await artifacts.put(tenantId, new Uint8Array(32).fill(1))
  const commitment = ingested.twins?.commitment as string
  const forged = Buffer.from(Buffer.from(bytes).toString('latin1').replace(commitment, chosen.digest), 'latin1')
  const pack = await artifacts.put(tenantId, forged)
  const member = readPack(bytes).samples.find(({ twin, split }) => twin !== undefined && split === 'train')
  const forget = await artifacts.put(tenantId, new TextEncoder().encode(`${member?.contentId as string}\n`))
  const training = {
    version: 1 as const,
    tenantId,
    pack,
    excluded: [] as never[],
    recipe: tinyRecipe(1),
  } satisfies Partial<Task>
  const { checkpoint } = await run({ ...training, kind: 'pretrain', runId: newRunId() })
  const audit: Task = {
    ...training,
    kind: 'audit',
    runId: newRunId(),
    forget,
    before: checkpoint,
    after: checkpoint,
    method: 'fine-tune',
    references: [],
    policy: AuditPolicy.parse({ version: 1, views: 3, resamples: 200 }),
    twinSeed: chosen.digest,
  }
  await expect(run(audit)).rejects.toThrow('TWINS_MISMATCH')
})
