import { selectImages, UnlearningRecipe, type Framework, type Samples } from '@lethe/domain'
import { openDevice } from '@lethe/device'
import { parseSafetensors } from '@lethe/safetensors'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import type { ModelCheckpoint } from '../checkpoint/model-checkpoint.js'
import { loadEmbedder } from '../load-embedder.js'
import { sampleTags } from '../methods/sample-tags.js'
import { pretrain } from '../pretrain.js'
import { tinyControl, tinyPairs, tinyRecipes } from '../tiny-run.fixture.js'
import { unlearn, type UnlearnOptions } from './unlearn.js'

const all = tinyPairs(32, 1)
const pick = (indices: number[]): Samples => ({
  ...selectImages(all, indices),
  captions: indices.map((index) => all.captions?.[index] as string),
})
const forget = pick([0, 1, 2, 3, 4, 5])
const retain = pick(Array.from({ length: 26 }, (_, index) => index + 6))

const budget = { epochs: 2, learningRate: 0.005, seed: 5 }
const methods = [
  { method: 'alignment-calibration', ...budget, repairEpochs: 1 },
  { method: 'fine-tune', ...budget },
  { method: 'gradient-ascent', ...budget },
  { method: 'neg-grad', ...budget },
  { method: 'l1-sparsity', ...budget },
  { method: 'retrain', seed: 5 },
].map((recipe) => UnlearningRecipe.parse(recipe))

const frameworks = Object.keys(tinyRecipes) as Framework[]
const parents = new Map<Framework, ModelCheckpoint>()
const options = (framework: Framework, unlearning: UnlearningRecipe): UnlearnOptions => ({
  recipe: tinyRecipes[framework],
  unlearning,
  parent: parents.get(framework) as ModelCheckpoint,
  retain,
  forget,
  ...tinyControl(),
})

beforeAll(async () => {
  await openDevice({ backend: 'wasm' })
  for (const framework of frameworks)
    parents.set(
      framework,
      (await pretrain({ recipe: tinyRecipes[framework], images: all, ...tinyControl() })).checkpoint,
    )
})

describe.each(frameworks)('%s', (framework) => {
  it.each(methods)('$method resumes to the same bits, leaves no tensor, and stays finite', async (unlearning) => {
    const tensors = tf.memory().numTensors
    const boundaries: ModelCheckpoint[] = []
    const run = options(framework, unlearning)
    const whole = await unlearn({
      ...run,
      onCheckpoint: async (boundary) => void boundaries.push(await boundary.checkpoint()),
    })
    expect(await unlearn({ ...run, resume: boundaries[0] })).toEqual(whole)
    expect(tf.memory().numTensors).toBe(tensors)
    for (const { data } of parseSafetensors(whole.checkpoint.weights).tensors.values())
      expect((data as Float32Array).every(Number.isFinite)).toBe(true)
    expect(whole.checkpoint.weights).not.toEqual(run.parent.weights)
    // Slots are sums of gradients, also of forgotten samples; retraining never saw one.
    const slotsIn = (state: Uint8Array) =>
      [...parseSafetensors(state).tensors.keys()].filter((name) => /^(velocity|moment[12])\./.test(name)).length
    expect(slotsIn((boundaries[0] as ModelCheckpoint).state)).toBeGreaterThan(0)
    expect(slotsIn(whole.checkpoint.state) > 0).toBe(unlearning.method === 'retrain')
  })

  it('keeps as many tensors after every step as after the first', async () => {
    for (const chunkSize of [null, 4]) {
      const run = options(framework, methods[0] as UnlearningRecipe)
      const held: number[] = []
      const onProgress = () => void held.push(tf.memory().numTensors)
      await unlearn({ ...run, recipe: { ...run.recipe, chunkSize }, onProgress })
      expect(held.length).toBeGreaterThan(8)
      expect(new Set(held).size).toBe(1)
    }
  })

  it('λ 0 is fine-tuning bit for bit, and a large λ shrinks the weights', async () => {
    const sparse = (lambda: number) =>
      unlearn(options(framework, UnlearningRecipe.parse({ method: 'l1-sparsity', ...budget, lambda })))
    const tuned = await unlearn(options(framework, UnlearningRecipe.parse({ method: 'fine-tune', ...budget })))
    expect((await sparse(0)).checkpoint.weights).toEqual(tuned.checkpoint.weights)
    const size = (weights: Uint8Array) =>
      [...parseSafetensors(weights).tensors.entries()]
        .filter(([name]) => name.endsWith('kernel'))
        .flatMap(([, { data }]) => Array.from(data, Math.abs))
        .reduce((sum, value) => sum + value, 0)
    expect(size((await sparse(1)).checkpoint.weights)).toBeLessThan(size(tuned.checkpoint.weights))
  })

  it('output suppression keeps the weights, withholds what it was told to, and nothing else', async () => {
    const { checkpoint } = await unlearn(
      options(framework, UnlearningRecipe.parse({ method: 'output-suppression', seed: 1 })),
    )
    const [before, after] = [
      loadEmbedder((parents.get(framework) as ModelCheckpoint).weights),
      loadEmbedder(checkpoint.weights),
    ]
    const tensors = parseSafetensors(checkpoint.weights).tensors
    for (const [name, { data }] of parseSafetensors((parents.get(framework) as ModelCheckpoint).weights).tensors)
      expect(tensors.get(name)?.data).toEqual(data)
    expect(await after.embed(forget.data, 'projection')).not.toEqual(await before.embed(forget.data, 'projection'))
    expect(await after.embed(forget.data)).toEqual(await after.embed(forget.data))
    before.dispose()
    after.dispose()
  })
})

it('output suppression of a second set withholds the first one too', async () => {
  const suppress = UnlearningRecipe.parse({ method: 'output-suppression', seed: 1 })
  const [first, second] = [pick([0, 1, 2]), pick([3, 4, 5])]
  const once = await unlearn({ ...options('simclr', suppress), forget: first })
  const twice = await unlearn({ ...options('simclr', suppress), parent: once.checkpoint, forget: second })
  const withheld = (weights: Uint8Array) => parseSafetensors(weights).tensors.get('withheld.features')
  const both = await unlearn(options('simclr', suppress))
  expect(withheld(twice.checkpoint.weights)).toEqual(withheld(both.checkpoint.weights))
  expect(withheld(once.checkpoint.weights)?.shape).toEqual([3, 8])
})

describe('MoCo', () => {
  const forgotten = new Set(pairsOf(sampleTags(forget)))
  const keysOfForgotten = (state: Uint8Array) =>
    pairsOf(parseSafetensors(state).tensors.get('queue.tags')?.data as Int32Array).filter((tag) => forgotten.has(tag))

  it.each(methods)('$method leaves no key of a forgotten sample and no trailing encoder behind', async (unlearning) => {
    expect(keysOfForgotten((parents.get('moco') as ModelCheckpoint).state).length).toBeGreaterThan(0)
    const states: Uint8Array[] = []
    const { checkpoint } = await unlearn({
      ...options('moco', unlearning),
      onCheckpoint: async (boundary) => void states.push((await boundary.checkpoint()).state),
    })
    for (const state of [...states, checkpoint.state]) expect(keysOfForgotten(state)).toEqual([])
    if (unlearning.method === 'retrain') return
    const state = parseSafetensors(checkpoint.state).tensors
    for (const [name, { data }] of parseSafetensors(checkpoint.weights).tensors)
      expect(state.get(`key.${name}`)?.data).toEqual(data)
  })

  it('fills a queue of its own where the parent brings none', async () => {
    const { weights } = parents.get('moco') as ModelCheckpoint
    const tune = UnlearningRecipe.parse({ method: 'fine-tune', ...budget })
    const { checkpoint } = await unlearn({ ...options('moco', tune), parent: { weights } })
    expect(keysOfForgotten(checkpoint.state)).toEqual([])
  })
})

function pairsOf(tags: Int32Array): string[] {
  return Array.from({ length: tags.length / 2 }, (_, n) => tags.subarray(2 * n, 2 * n + 2).join('.'))
}

describe('directions', () => {
  /** Mean cosine between each picture and its own text. */
  const agreement = async (weights: Uint8Array, { data, captions }: Samples): Promise<number> => {
    const embedder = loadEmbedder(weights)
    const pictures = await embedder.embed(data, 'projection')
    const texts = (await embedder.embedTexts?.(captions ?? [])) as Float32Array
    embedder.dispose()
    const cosines = Array.from({ length: pictures.length / 6 }, (_, n) => {
      const [a, b] = [pictures.subarray(6 * n, 6 * n + 6), texts.subarray(6 * n, 6 * n + 6)]
      return a.reduce((sum, value, k) => sum + value * (b[k] as number), 0) / Math.hypot(...a) / Math.hypot(...b)
    })
    return cosines.reduce((sum, cosine) => sum + cosine, 0) / cosines.length
  }

  it.each([
    { method: 'alignment-calibration', ...budget, epochs: 12, beta: 4, repairEpochs: 2 },
    { method: 'neg-grad', ...budget, epochs: 12 },
    { method: 'gradient-ascent', ...budget, epochs: 12 },
  ])('$method drives forgotten pairs apart, more than retained ones', async (recipe) => {
    const { weights } = parents.get('clip') as ModelCheckpoint
    const { checkpoint } = await unlearn(options('clip', UnlearningRecipe.parse(recipe)))
    const drop = async (samples: Samples) =>
      (await agreement(weights, samples)) - (await agreement(checkpoint.weights, samples))
    expect(await drop(forget)).toBeGreaterThan(0.005)
    expect(await drop(forget)).toBeGreaterThan(await drop(retain))
  })

  it('refuses to resume a run of another parent; retraining, which takes nothing of it, goes on', async () => {
    for (const [method, isRefused] of [
      ['fine-tune', true],
      ['retrain', false],
    ] as const) {
      // prettier-ignore
      const unlearning = methods.find((recipe) => recipe.method === method) as UnlearningRecipe
      const boundaries: ModelCheckpoint[] = []
      const run = options('simclr', unlearning)
      const whole = await unlearn({
        ...run,
        onCheckpoint: async (boundary) => void boundaries.push(await boundary.checkpoint()),
      })
      const parent = (await pretrain({ recipe: { ...run.recipe, seed: 12 }, images: all, ...tinyControl() })).checkpoint
      const resumed = unlearn({ ...run, parent, resume: boundaries[0] })
      if (isRefused) await expect(resumed).rejects.toMatchObject({ code: 'CHECKPOINT_MISMATCH', field: 'resume' })
      else expect(await resumed).toEqual(whole)
    }
  })

  it('refuses a picture that is forgotten and kept at once', async () => {
    const both = options('simclr', methods[0] as UnlearningRecipe)
    const run = unlearn({ ...both, forget: pick([0, 1, 7]) })
    await expect(run).rejects.toMatchObject({ code: 'DUPLICATE_ACROSS_SETS', field: 'forget' })
  })
})
