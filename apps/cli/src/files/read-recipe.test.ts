import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readTrainingRecipe, readUnlearningRecipe } from './read-recipe.js'

let folder: string
let file: string
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'lethe-recipe-'))
  file = path.join(folder, 'recipe.json')
  const recipe = { framework: 'simclr', encoder: { kind: 'resnet-18', stem: 'imagenet' }, views: {}, epochs: 7 }
  writeFileSync(file, JSON.stringify({ ...recipe, batchSize: 32, optimizer: { learningRate: 0.3 }, seed: 5 }))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('a training recipe', () => {
  it('is that of the file, with single members changed by options and, last, by --set', () => {
    const members = { epochs: 9, 'optimizer.learningRate': 0.1, seed: undefined }
    const recipe = readTrainingRecipe(
      { file, members, set: ['epochs=11', 'encoder.projection={"hidden":null,"output":128}'] },
      32,
    )
    expect(recipe).toMatchObject({
      epochs: 11,
      batchSize: 32,
      seed: 5,
      encoder: { kind: 'resnet-18', stem: 'imagenet', projection: { hidden: null, output: 128 } },
      optimizer: { learningRate: 0.1, momentum: 0.9 },
    })
  })

  it.each([
    ['simclr', { optimizer: { kind: 'sgd' }, encoder: { projection: { hidden: 64, output: 64 } } }],
    ['moco', { queueLength: 4096, encoder: { projection: { hidden: null, output: 64 } } }],
    ['clip', { optimizer: { kind: 'adamw' }, text: { width: 64 }, encoder: { projection: { hidden: null } } }],
  ])('begins with something sensible for %s', (framework, expected) => {
    expect(readTrainingRecipe({ members: { framework } }, 32)).toMatchObject(expected)
  })

  it('makes a transformer for the pictures that there are', () => {
    const recipe = readTrainingRecipe({ members: { 'encoder.kind': 'compact-vit' } }, 64)
    expect(recipe.encoder).toMatchObject({ imageSize: 64 })
  })

  it.each([
    ['an unknown member', { set: ['optimizer.nesterov=true'] }, 'recipe.optimizer.nesterov'],
    ['half a head', { set: ['encoder.projection.hidden=null'] }, 'recipe.encoder.projection.output'],
    ['a value out of bounds', { set: ['temperature=-1'] }, 'recipe.temperature'],
    ['no path', { set: ['epochs'] }, 'recipe --set'],
  ])('refuses %s by its place', (_, choice, field) => {
    expect(() => readTrainingRecipe({ members: {}, ...choice }, 32)).toThrow(
      expect.objectContaining({ code: 'RECIPE_INVALID', field }) as Error,
    )
  })
})

describe('an unlearning recipe', () => {
  const training = readTrainingRecipe({ members: { seed: 4 } }, 32)

  it('is Alignment Calibration at a sixth of the rate unless told otherwise', () => {
    expect(readUnlearningRecipe({ members: {} }, training)).toMatchObject({
      method: 'alignment-calibration',
      learningRate: 0.02,
      seed: 4,
    })
  })

  it('gives methods without a budget none, and an ascent a tiny rate', () => {
    const of = (method: string) => readUnlearningRecipe({ members: { method } }, training)
    expect(of('retrain')).toEqual({ method: 'retrain', seed: 4 })
    expect(of('output-suppression')).toEqual({ method: 'output-suppression', seed: 4 })
    expect(of('gradient-ascent')).toMatchObject({ learningRate: 1e-4, epochs: 10 })
  })

  it('refuses a member of another method', () => {
    expect(() => readUnlearningRecipe({ members: { method: 'fine-tune', beta: 8 } }, training)).toThrow(
      expect.objectContaining({ field: 'unlearning.beta' }) as Error,
    )
  })
})
