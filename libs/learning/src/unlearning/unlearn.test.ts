import { UnlearningRecipe, selectImages } from '@lethe/domain'
import { openDevice } from '@lethe/device'
import { parseSafetensors } from '@lethe/safetensors'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import type { ModelCheckpoint } from '../checkpoint/model-checkpoint.js'
import { loadEmbedder } from '../load-embedder.js'
import { pretrain } from '../pretrain.js'
import { tinyControl, tinyImages, tinyRecipe } from '../tiny-run.fixture.js'
import { drawViews } from '@lethe/views'
import { unlearn, type UnlearnOptions } from './unlearn.js'

const all = tinyImages(32, 1)
const forget = selectImages(all, [0, 1, 2, 3, 4, 5])
const retain = selectImages(
  all,
  Array.from({ length: 26 }, (_, index) => index + 6),
)
const recipe = tinyRecipe({ epochs: 12 })
const calibrate = (changes: object = {}) =>
  UnlearningRecipe.parse({
    method: 'alignment-calibration',
    epochs: 2,
    learningRate: 0.02,
    seed: 5,
    repairEpochs: 2,
    ...changes,
  })

let parent: ModelCheckpoint
const options = (changes: Partial<UnlearnOptions> = {}): UnlearnOptions => ({
  recipe,
  unlearning: calibrate(),
  parent,
  retain,
  forget,
  ...tinyControl(),
  ...changes,
})

/** Mean cosine between two views of each picture. */
async function alignment(weights: Uint8Array, images: typeof forget): Promise<number> {
  const embedder = loadEmbedder(weights)
  const views = [0, 1].map((view) => drawViews(images, recipe.views, { seed: 77, epoch: 0, view }))
  const [a, b] = [await embedder.embed(views[0] as Float32Array, 'projection'), await embedder.embed(views[1] as Float32Array, 'projection')] // prettier-ignore
  const shape: [number, number] = [images.count, embedder.projectionDimension]
  const cosine = tf.tidy(() => tf.losses.cosineDistance(tf.tensor(a, shape).div(tf.tensor(a, shape).norm(2, 1, true)), tf.tensor(b, shape).div(tf.tensor(b, shape).norm(2, 1, true)), 1).dataSync()[0] as number) // prettier-ignore
  embedder.dispose()
  return 1 - cosine
}

describe('unlearn', () => {
  beforeAll(async () => {
    await openDevice({ backend: 'wasm' })
    parent = (await pretrain({ recipe, images: all, ...tinyControl() })).checkpoint
  })

  it.each([
    calibrate(),
    UnlearningRecipe.parse({ method: 'fine-tune', epochs: 3, learningRate: 0.02, seed: 5 }),
    UnlearningRecipe.parse({ method: 'retrain', seed: 5 }),
  ])('$method resumes from any boundary to the same bits, and leaves no tensor behind', async (unlearning) => {
    const tensors = tf.memory().numTensors
    const boundaries: ModelCheckpoint[] = []
    const whole = await unlearn(
      options({ unlearning, onCheckpoint: async (boundary) => void boundaries.push(await boundary.checkpoint()) }),
    )
    expect(boundaries.length).toBe(whole.curve.length)
    for (const resume of [boundaries[0], boundaries.at(-2), boundaries.at(-1)])
      expect(await unlearn(options({ unlearning, resume }))).toEqual(whole)
    expect(tf.memory().numTensors).toBe(tensors)
  })

  it('runs calibration and then repair, and says which', async () => {
    const phases: string[] = []
    const { curve } = await unlearn(options({ onProgress: ({ phase }) => phases.push(phase) }))
    expect(curve.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4])
    expect(new Set(phases)).toEqual(new Set(['calibrate', 'repair']))
    expect(phases.indexOf('repair')).toBeGreaterThan(phases.lastIndexOf('calibrate'))
  })

  it('β lowers the alignment of forgotten pictures; β 0 at rate 0 does not', async () => {
    const before = await alignment(parent.weights, forget)
    const strong = await unlearn(options({ unlearning: calibrate({ epochs: 20, beta: 30, repairEpochs: 0 }) }))
    const idle = await unlearn(options({ unlearning: calibrate({ learningRate: 0, beta: 0, repairEpochs: 0 }) }))
    expect(await alignment(strong.checkpoint.weights, forget)).toBeLessThan(before - 0.1)
    expect(await alignment(idle.checkpoint.weights, forget)).toBeGreaterThan(before - 0.03)
  })

  it('at rate 0 changes running statistics only, and those to what retain pictures alone say', async () => {
    const idle = await unlearn(options({ unlearning: calibrate({ learningRate: 0 }) }))
    const other = await unlearn(options({ unlearning: calibrate({ learningRate: 0 }), forget: tinyImages(6, 99) }))
    expect(other.checkpoint.weights).toEqual(idle.checkpoint.weights)
    const [old, now] = [parseSafetensors(parent.weights).tensors, parseSafetensors(idle.checkpoint.weights).tensors]
    for (const [name, { data }] of now) {
      const isStatistic = name.endsWith('.mean') || name.endsWith('.variance')
      if (isStatistic) expect(data).not.toEqual(old.get(name)?.data)
      else expect(data).toEqual(old.get(name)?.data)
    }
  })

  it('retrains as pretraining on the retain set does, whatever the parent and the forget set hold', async () => {
    const retrained = await unlearn(options({ unlearning: { method: 'retrain', seed: 8 } }))
    const scratch = await pretrain({ recipe: { ...recipe, seed: 8 }, images: retain, ...tinyControl() })
    expect(retrained.checkpoint.weights).toEqual(scratch.checkpoint.weights)
  })

  const none = selectImages(all, [])
  const bigger = { data: new Uint8Array(30 * 16 * 16 * 3), count: 30, height: 16, width: 16, channels: 3 }
  const refusals: [string, () => Partial<UnlearnOptions>, { code: string; field: string }][] = [
    ['an empty forget set', () => ({ forget: none }), { code: 'FORGET_SET_EMPTY', field: 'forget' }],
    ['a forget set that is everything', () => ({ retain: none, forget: all }), { code: 'RETAIN_SET_EMPTY', field: 'retain' }],
    ['calibration of one picture', () => ({ forget: selectImages(all, [0]) }), { code: 'FORGET_SET_TOO_SMALL', field: 'forget' }],
    ['fewer retain pictures than a batch', () => ({ retain: selectImages(all, [9]) }), { code: 'DATA_TOO_SMALL', field: 'retain' }],
    ['forget pictures of another size', () => ({ forget: bigger }), { code: 'IMAGES_INVALID', field: 'forget' }],
    ['pictures of another size than the parent’s', () => ({ forget: bigger, retain: bigger }), { code: 'IMAGES_INVALID', field: 'retain' }],
    ['a parent of another architecture', () => ({ recipe: tinyRecipe({ encoder: { kind: 'compact-conv', widths: [4, 4], projection: { hidden: 8, output: 6 } } }) }), { code: 'CHECKPOINT_MISMATCH', field: 'recipe.encoder' }],
    ['a parent that is no checkpoint', () => ({ parent: { weights: new Uint8Array(3) } }), { code: 'CHECKPOINT_INVALID', field: 'parent' }],
  ] // prettier-ignore
  it.each(refusals)('refuses %s before it computes anything', async (_, changes, expected) => {
    let steps = 0
    await expect(unlearn(options({ ...changes(), onProgress: () => void (steps += 1) }))).rejects.toMatchObject(
      expected,
    )
    expect(steps).toBe(0)
  })
})
