import * as tf from '@tensorflow/tfjs'
import { expect, it } from 'vitest'
import { planTraining } from './plan-training.js'
import { tinyImages, tinyRecipe } from './tiny-run.fixture.js'

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

it('sees that chunks bound the memory', async () => {
  const wide = { encoder: { kind: 'compact-conv', widths: [32], projection: { hidden: 8, output: 6 } } }
  const plan = (chunkSize: number | null) =>
    planTraining({ recipe: tinyRecipe({ ...wide, chunkSize }), images: captioned })
  expect((await plan(4)).tensorBytes).toBeLessThan(0.5 * (await plan(null)).tensorBytes)
})

it('refuses what cannot be trained, before anything is computed', async () => {
  await expect(planTraining({ recipe: tinyRecipe({ batchSize: 32 }), images: captioned })).rejects.toMatchObject({
    code: 'DATA_TOO_SMALL',
    field: 'images',
  })
})
