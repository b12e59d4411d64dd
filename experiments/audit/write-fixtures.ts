import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Laboratory } from './controls.js'

/** What tests start from: weights alone, so that nothing has to be trained there. */
export function writeFixtures(folder: string, { original, retrained: [first] }: Laboratory): string {
  mkdirSync(folder, { recursive: true })
  if (first === undefined) throw new Error('There is no retrained model.')
  writeFileSync(path.join(folder, 'original.safetensors'), original.weights)
  writeFileSync(path.join(folder, 'retrained.safetensors'), first.weights)
  return `${folder}: ${original.weights.length} and ${first.weights.length} bytes`
}
