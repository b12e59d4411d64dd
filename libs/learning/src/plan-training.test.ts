import { openDevice } from '@lethe/device'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { planTraining } from './plan-training.js'
import { pretrain } from './pretrain.js'
import { tinyControl, tinyImages, tinyRecipe } from './tiny-run.fixture.js'

beforeAll(() => openDevice({ backend: 'cpu' }))

const captioned = { ...tinyImages(24, 1), captions: Array.from({ length: 24 }, (_, n) => `picture ${n}`) }

it.each(['simclr', 'moco', 'clip'])(
  'says what a training with %s takes, and leaves no tensor behind',
  async (framework) => {
    const recipe = tinyRecipe({ framework, ...(framework === 'moco' ? { queueLength: 64 } : {}) })
    const before = tf.memory().numTensors
    const plan = await planTraining({ recipe, images: captioned })
    expect(tf.memory().numTensors).toBe(before)
    expect(plan).toMatchObject({ stepsPerEpoch: 3, steps: 12 })
    expect(plan.parameters).toBeGreaterThan(1000)
    expect(plan.tensorBytes).toBeGreaterThan(4 * plan.parameters)
    const larger = await planTraining({ recipe: { ...recipe, batchSize: 16 }, images: captioned })
    expect(larger.tensorBytes).toBeGreaterThan(1.5 * plan.tensorBytes - 20 * plan.parameters)
  },
)

const wide = { kind: 'compact-conv', widths: [32], projection: { hidden: 8, output: 6 } }

describe('on WASM', () => {
  beforeAll(() => openDevice({ backend: 'wasm' }))

  it.each([
    ['simclr', null],
    ['simclr', 8],
    ['moco', null],
    ['moco', 4],
    ['clip', null],
    ['clip', 4],
  ])('says what a run with %s in chunks of %s then really holds at its peak', async (framework, chunkSize) => {
    const queue = framework === 'moco' ? { queueLength: 48 } : {}
    const recipe = tinyRecipe({ framework, encoder: wide, batchSize: 24, epochs: 2, chunkSize, ...queue })
    const { tensorBytes } = await planTraining({ recipe, images: captioned })
    const heldBefore = tf.memory().numBytes
    const { peakBytes } = await tf.profile(async () => {
      await pretrain({ recipe, images: captioned, ...tinyControl() })
    })
    expect(tensorBytes).toBeGreaterThan(0.98 * (peakBytes - heldBefore))
    expect(tensorBytes).toBeLessThan(1.1 * (peakBytes - heldBefore))
  })
})

it('sees that chunks bound the memory', async () => {
  const plan = (chunkSize: number | null) =>
    planTraining({ recipe: tinyRecipe({ encoder: wide, batchSize: 24, chunkSize }), images: captioned })
  expect((await plan(4)).tensorBytes).toBeLessThan(0.3 * (await plan(null)).tensorBytes)
})

it('refuses what cannot be trained, before anything is computed', async () => {
  await expect(planTraining({ recipe: tinyRecipe({ batchSize: 32 }), images: captioned })).rejects.toMatchObject({
    code: 'DATA_TOO_SMALL',
    field: 'images',
  })
})
