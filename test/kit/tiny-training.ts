import { writePack } from '@lethe/datasets'
import { forgetSetBytes, randomStream, TrainingRecipe, type ContentId } from '@lethe/domain'
import { createHash } from 'node:crypto'

export const contentIdOf = (index: number): ContentId =>
  createHash('sha256').update(`sample ${index}`).digest('hex') as ContentId

/** 48 pictures of 8 × 8: stripes with noise, in two groups; the last 16 held out. */
export function tinyPack(count = 48, heldOut = 16): Uint8Array {
  const size = 8
  const random = randomStream(1)
  const data = Uint8Array.from({ length: count * size * size * 3 }, (_, at) => {
    const sample = Math.floor(at / (size * size * 3))
    const column = Math.floor(at / 3) % size
    return (column + sample) % 4 < 2 ? 40 + random() * 60 : 160 + random() * 60
  })
  const samples = Array.from({ length: count }, (_, index) => ({
    contentId: contentIdOf(index),
    label: `picture ${index}`,
    group: index % 2 === 0 ? 'even' : 'odd',
    split: index < count - heldOut ? ('train' as const) : ('held-out' as const),
  }))
  return writePack({ images: { data, count, height: size, width: size, channels: 3 }, samples })
}

export const tinyRecipe = (epochs: number, changes: Record<string, unknown> = {}): TrainingRecipe =>
  TrainingRecipe.parse({
    framework: 'simclr',
    encoder: { kind: 'compact-conv', widths: [4, 8], projection: { hidden: 8, output: 4 } },
    views: { strength: 0.5 },
    temperature: 0.5,
    epochs,
    batchSize: 16,
    optimizer: { learningRate: 0.05 },
    seed: 3,
    ...changes,
  })

export const forgetBytes = (indices: readonly number[]): Uint8Array => forgetSetBytes(indices.map(contentIdOf))
