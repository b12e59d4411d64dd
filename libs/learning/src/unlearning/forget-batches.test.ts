import type { Samples, TrainingRecipe } from '@lethe/domain'
import { openDevice } from '@lethe/device'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { matrix } from '../losses/naive-losses.fixture.js'
import { frameworkOf } from '../methods/framework-of.js'
import { createModel } from '../model/create-model.js'
import { rasterOf } from '../checked-images.js'
import type { StepOutputs } from '../training/phase.js'
import { tinyPairs, tinyRecipes } from '../tiny-run.fixture.js'
import { mixedBatches } from './forget-batches.js'

beforeAll(() => openDevice({ backend: 'cpu' }))

const sizes = { retain: 26, forget: 6 }
const sets: Samples[] = [tinyPairs(sizes.retain, 1), tinyPairs(sizes.forget, 2)]
const batchOf = (withThirds: boolean) => {
  const [batch] = mixedBatches(sizes, 8, { seed: 5, epoch: 3, swap: true, withThirds })
  if (batch === undefined) throw new Error('There is a batch.')
  return batch
}
const cosine = (a: number[], b: number[]) =>
  a.reduce((sum, value, k) => sum + value * (b[k] as number), 0) / Math.hypot(...a) / Math.hypot(...b)

describe.each(Object.values(tinyRecipes))('third views of $framework', (recipe: TrainingRecipe) => {
  it('are drawn of the samples to be forgotten alone, and change no other view', () => {
    const model = createModel(recipe, rasterOf(sets[0] as Samples), 1)
    const framework = frameworkOf(recipe, model, sets)
    const [plain, full] = [framework.inputs(batchOf(false)), framework.inputs(batchOf(true))]
    const towers = { simclr: 'image', moco: 'key', clip: 'text' } as const
    const tower = towers[recipe.framework]
    const [rows, before] = [full[tower] ?? [], plain[tower] ?? []]
    const forgotten = batchOf(true).samples.filter(({ set }) => set === 1)
    expect(forgotten.length).toBeGreaterThan(0)
    expect(rows.slice(0, before.length)).toEqual(before)
    expect(rows.length).toBe(before.length + forgotten.length)
    if (recipe.framework !== 'clip')
      expect(rows.slice(before.length)).toEqual(
        forgotten.map(({ set, index }) => ({ set, index, seed: 5 + set, epoch: 3, view: 2 })),
      )
    expect({ ...full, [tower]: null }).toEqual({ ...plain, [tower]: null })
    model.dispose()
  })

  it('are compared with the first views of those very samples', () => {
    const model = createModel(recipe, rasterOf(sets[0] as Samples), 1)
    const batch = batchOf(true)
    const framework = frameworkOf(recipe, model, sets)
    const inputs = framework.inputs(batch)
    const rowsOf = (inputRows: readonly unknown[] | undefined, seed: number) =>
      inputRows === undefined ? null : matrix(inputRows.length, 6, seed)
    const [image, key, text] = [rowsOf(inputs.image, 1), rowsOf(inputs.key, 2), rowsOf(inputs.text, 3)]
    const tensorOf = (rows: number[][] | null) => rows && tf.tensor2d(rows)
    const outputs = { image: tensorOf(image), key: tensorOf(key), text: tensorOf(text), logitScale: tf.scalar(2) }
    const { cosines } = framework.contrast(outputs as StepOutputs, batch)
    const others = { simclr: image, moco: key, clip: text }[recipe.framework] as number[][]
    const first = batch.samples.length - batch.thirds
    const expected = others.slice(-batch.thirds).map((third, k) => cosine(image?.[first + k] as number[], third))
    expect(cosines?.shape).toEqual([batch.thirds])
    cosines?.dataSync().forEach((value, k) => expect(value).toBeCloseTo(expected[k] as number, 5))
    model.dispose()
  })
})
