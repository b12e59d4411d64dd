import type { RunResult } from '@lethe/bus'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { buildLethe, type LetheCommand } from '../../../test/kit/lethe-command.js'
import { forgetBytes, tinyPack, tinyRecipe } from '../../../test/kit/tiny-training.js'
import { newRunId, startComputeRig, type ComputeRig } from './testing/rig.js'

let rig: ComputeRig
let lethe: LetheCommand
beforeAll(async () => {
  ;[rig, lethe] = await Promise.all([startComputeRig(), buildLethe()])
})
afterAll(async () => {
  await rig.stop()
  lethe.remove()
})

/** Weights of the run's result, from the store. */
async function weightsOf(runId: string): Promise<Uint8Array> {
  const result = await vi.waitFor(
    () => {
      const found = rig.results.find((one: RunResult) => one.runId === runId)
      if (found?.outcome !== 'succeeded') throw new Error(JSON.stringify(found))
      return found
    },
    { timeout: 60_000, interval: 50 },
  )
  if (!('checkpoint' in result.output)) throw new Error('no checkpoint')
  return rig.artifacts.get(rig.tenantId, result.output.checkpoint.weights.digest)
}

it('the command line, from files, and the service, from the bus, give the same weights', async () => {
  const { tenantId } = rig
  const recipe = tinyRecipe(6, { framework: 'moco', queueLength: 32 })
  const forget = forgetBytes([0, 1, 2, 3])
  const keep = (bytes: Uint8Array) => rig.artifacts.put(tenantId, bytes)
  const worker = rig.spawnWorker()
  const base = { version: 1 as const, tenantId, pack: await keep(tinyPack()), excluded: [], recipe }
  const pretraining = newRunId()
  await rig.submit({ ...base, kind: 'pretrain', runId: pretraining })
  writeFileSync(path.join(lethe.folder, 'pack.safetensors'), tinyPack())
  writeFileSync(path.join(lethe.folder, 'recipe.json'), JSON.stringify(recipe))
  writeFileSync(path.join(lethe.folder, 'ids.txt'), forget)
  const fileOf = (model: string, name: string) => readFileSync(path.join(lethe.folder, model, `${name}.safetensors`))

  const trained = await lethe.call(['train', 'pack.safetensors', '--recipe', 'recipe.json', '--out', 'model'])
  expect(trained.code, trained.stderr).toBe(0)
  expect(Buffer.compare(fileOf('model', 'weights'), await weightsOf(pretraining))).toBe(0)

  const unlearning = { method: 'neg-grad', epochs: 2, learningRate: 0.01, seed: 3 } as const
  const parent = { weights: await keep(fileOf('model', 'weights')), state: await keep(fileOf('model', 'state')) }
  const run = newRunId()
  await rig.submit({ ...base, kind: 'unlearn', runId: run, forget: await keep(forget), parent, unlearning })
  const rate = ['--epochs', '2', '--learning-rate', '0.01']
  const args = ['unlearn', 'model', '--forget', 'ids.txt', '--method', 'neg-grad', ...rate, '--out', 'forgotten']
  const forgotten = await lethe.call(args)
  expect(forgotten.code, forgotten.stderr).toBe(0)
  expect(Buffer.compare(fileOf('forgotten', 'weights'), await weightsOf(run))).toBe(0)
  await worker.kill('SIGTERM')
})
