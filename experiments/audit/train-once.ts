import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Samples, TrainingRecipe } from '@lethe/domain'
import type { ModelCheckpoint } from '@lethe/learning'
import { trainOn } from './train-models.js'

/** Trains, or reads what an earlier experiment trained by the same recipe on the same samples and backend. */
export function trainerWith(folder: string, backend: string) {
  mkdirSync(folder, { recursive: true })
  return async (samples: Samples, recipe: TrainingRecipe): Promise<ModelCheckpoint> => {
    const key = createHash('sha256')
      .update(JSON.stringify([backend, recipe, samples.captions ?? null]))
      .update(samples.data)
      .digest('hex')
    const files = ['weights', 'state'].map((part) => path.join(folder, `${key}.${part}.safetensors`)) as [
      string,
      string,
    ]
    if (files.every((file) => existsSync(file)))
      return { weights: readFileSync(files[0]), state: readFileSync(files[1]) }
    const checkpoint = await trainOn(samples, recipe)
    writeWhole(files[0], checkpoint.weights)
    writeWhole(files[1], checkpoint.state)
    return checkpoint
  }
}

export type Train = ReturnType<typeof trainerWith>

function writeWhole(file: string, bytes: Uint8Array): void {
  writeFileSync(`${file}.part`, bytes)
  renameSync(`${file}.part`, file)
}
