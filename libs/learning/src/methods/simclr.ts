import type { PackedImages, TrainingRecipe } from '@lethe/domain'
import * as tf from '@tensorflow/tfjs'
import { ntXent } from '../losses/nt-xent.js'
import type { ContrastiveBatch } from '../training/phase.js'
import { drawViewInto } from '@lethe/views'

/** Two views of each sample at `indices`, and NT-Xent between them. */
export function simclrBatch(
  images: PackedImages,
  indices: Int32Array,
  { views: config, temperature }: TrainingRecipe,
  seed: number,
  epoch: number,
): ContrastiveBatch {
  const size = images.height * images.width * images.channels
  const n = indices.length
  const views = new Float32Array(2 * n * size)
  for (let view = 0; view < 2; view++)
    indices.forEach((index, row) =>
      drawViewInto(views, (view * n + row) * size, images, index, config, { seed, epoch, view }),
    )
  return {
    views,
    rows: 2 * n,
    samples: n,
    loss: (projection) => {
      const [z0, z1] = tf.split(projection, 2) as [tf.Tensor2D, tf.Tensor2D]
      return ntXent(z0, z1, temperature)
    },
  }
}
