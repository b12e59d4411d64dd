import { EngineThread, type Job, type JobResult } from '@lethe/engine'
import { parseSafetensors } from '@lethe/safetensors'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundleProcess, type BundledProcess } from '../../../../test/kit/bundle-process.js'
import { buildLethe, type LetheCommand } from '../../../../test/kit/lethe-command.js'
import { contentIdOf, forgetBytes, tinyPack, tinyRecipe } from '../../../../test/kit/tiny-training.js'
import { readModelDirectory } from '../files/model-directory.js'

let lethe: LetheCommand
let bundle: BundledProcess
let engine: EngineThread
const at = (...names: string[]): string => path.join(lethe.folder, ...names)
beforeAll(async () => {
  ;[lethe, bundle] = await Promise.all([buildLethe(), bundleProcess('libs/engine', {})])
  engine = await EngineThread.start({ backend: 'wasm', viewThreads: 0, entry: pathToFileURL(bundle.file('engine')) })
  writeFileSync(at('pack.safetensors'), tinyPack())
  writeFileSync(at('recipe.json'), JSON.stringify(tinyRecipe(4)))
  writeFileSync(at('ids.txt'), forgetBytes([0, 1, 2, 3, 4, 5, 6, 7]))
})
afterAll(async () => {
  await engine.close()
  bundle.remove()
  lethe.remove()
})

/** The same work asked of the engine directly, as the compute service does. */
async function directly(job: Partial<Job> & { kind: 'pretrain' | 'unlearn' }) {
  const provenance = {
    backend: '',
    backendVersion: '',
    tfjsVersion: '',
    nodeVersion: '',
    codeVersion: '',
    platform: '',
    device: '',
  }
  const whole = {
    pack: tinyPack(),
    excluded: [],
    recipe: tinyRecipe(4),
    resume: null,
    provenance,
    checkpointMs: 1e9,
    evaluateEveryEpochs: 0,
    ...job,
  }
  const handlers = { mayFinishEpoch: () => false, onProgress: () => undefined, onCheckpoint: () => undefined }
  const result = await engine.run(whole as Job, { signal: new AbortController().signal, ...handlers })
  return (result as Extract<JobResult, { kind: 'unlearn' }>).checkpoint
}

describe('training on files', () => {
  it('trains, unlearns and embeds, and writes the very weights that the engine gives a service', async () => {
    const trained = await lethe.run(['train', 'pack.safetensors', '--recipe', 'recipe.json', '--out', 'model'])
    expect(trained).toMatchObject({ code: 0, stdout: expect.stringMatching(/learned +32 pictures/) })
    const model = readModelDirectory(at('model'), 'model')
    const expected = await directly({ kind: 'pretrain' })
    expect(Buffer.compare(model.checkpoint.weights, expected.weights)).toBe(0)
    expect(model.manifest).toMatchObject({
      origin: 'pretrain',
      recipe: tinyRecipe(4),
      dataset: { file: '../pack.safetensors', trainCount: 32, imageSize: 8 },
      provenance: { backend: 'wasm', nodeVersion: process.version },
    })
    expect(model.manifest.curve).toHaveLength(4)

    const method = ['--method', 'alignment-calibration', '--epochs', '2', '--repair-epochs', '1']
    const unlearned = await lethe.run(['unlearn', 'model', '--forget', 'ids.txt', ...method, '--out', 'forgotten'])
    expect(unlearned).toMatchObject({ code: 0, stdout: expect.stringMatching(/learned +24 pictures, 8 forgotten/) })
    const forgotten = readModelDirectory(at('forgotten'), 'model')
    expect(forgotten.manifest).toMatchObject({
      origin: 'unlearn',
      parent: { directory: '../model', weights: model.manifest.checkpoint.weights },
      unlearning: { method: 'alignment-calibration', learningRate: 0.00833, epochs: 2, seed: 3 },
      forget: { count: 8 },
    })
    const parent = { weights: model.checkpoint.weights, state: model.checkpoint.state as Uint8Array }
    const { unlearning } = forgotten.manifest
    const forget = [0, 1, 2, 3, 4, 5, 6, 7].map(contentIdOf)
    const again = await directly({ kind: 'unlearn', parent, forget, unlearning } as Partial<Job> & { kind: 'unlearn' })
    expect(Buffer.compare(forgotten.checkpoint.weights, again.weights)).toBe(0)

    const twice = await lethe.run(['unlearn', 'forgotten', '--forget', 'ids.txt', '--out', 'twice'])
    expect(twice, 'what is forgotten already is not there to forget').toMatchObject({
      code: 1,
      stderr: expect.stringContaining('8 of 8 samples to forget are not among the 24'),
    })
  })

  it('goes on after Ctrl-C with --resume, and ends with the weights of a run that was left alone', async () => {
    const where = ['--view-threads', '0', '--out', 'resumed']
    const args = ['train', 'pack.safetensors', '--recipe', 'recipe.json', '--set', 'epochs=200', ...where]
    const stopped = await lethe.run(args, { interruptAt: /epoch 1\// })
    expect(stopped).toMatchObject({ code: 130, stdout: '' })
    expect(stopped.stderr).toContain(`lethe ${args.join(' ')} --resume`)
    expect(readdirSync(at('resumed'))).toEqual(['resume.safetensors'])
    expect(await lethe.run(args)).toMatchObject({ code: 1, stderr: expect.stringContaining('go on with --resume') })
    const whole = directly({ kind: 'pretrain', recipe: tinyRecipe(200) })
    expect(await lethe.run([...args, '--resume'])).toMatchObject({ code: 0 })
    expect(Buffer.compare(readModelDirectory(at('resumed'), 'model').checkpoint.weights, (await whole).weights)).toBe(0)
    expect(readdirSync(at('resumed')).toSorted()).toEqual(['manifest.json', 'state.safetensors', 'weights.safetensors'])
  }, 180_000)

  it('keeps the last good checkpoint of a run that diverges', async () => {
    const wild = ['--learning-rate', '100', '--set', 'optimizer.weightDecay=1', '--epochs', '30']
    const args = ['train', 'pack.safetensors', '--recipe', 'recipe.json', ...wild, '--out', 'wild']
    const diverged = await lethe.run(args)
    expect(diverged).toMatchObject({ code: 1, stdout: '' })
    expect(diverged.stderr).toMatch(/optimizer\.learningRate: The loss stopped being a finite number/)
    const good = parseSafetensors(readFileSync(at('wild', 'last-good', 'weights.safetensors')))
    expect([...good.tensors.values()].every(({ data }) => data.every(Number.isFinite))).toBe(true)
  })

  it('says with --dry-run what a training takes, and writes nothing', async () => {
    const before = readdirSync(lethe.folder)
    const args = ['train', 'pack.safetensors', '--recipe', 'recipe.json', '--dry-run']
    const { code, stdout } = await lethe.run(args)
    expect(code).toBe(0)
    expect(stdout).toMatch(/32 pictures to train on, 16 held out/)
    expect(stdout).toMatch(/2 an epoch, 8 in all/)
    expect(stdout).toMatch(/memory +about \d+ MB/)
    expect(readdirSync(lethe.folder)).toEqual(before)
  })
})
