import type { PackedImages, TrainingRecipe } from '@lethe/domain'
import * as tf from '@tensorflow/tfjs'
import { BatchMoments } from '../encoders/batch-moments.js'
import type { Encoder } from '../encoders/encoder.js'
import { shuffledBatches } from '../training/batches.js'
import { drawViewInto } from '@lethe/views'

/** Passes over the data; each draws other views. */
const PASSES = 4
const RECALIBRATION = 0x72656361

/**
 * Replaces every running statistic by its plain mean over views of these pictures, weights untouched. Without it the drift
 * of running statistics alone looks like forgetting.
 */
export async function recalibrateStatistics(
  encoder: Encoder,
  images: PackedImages,
  recipe: TrainingRecipe,
  seed: number,
  signal: AbortSignal,
): Promise<void> {
  const { height, width, channels } = images
  const size = height * width * channels
  let seen = 0
  for (let epoch = 0; epoch < PASSES; epoch++) {
    for (const indices of shuffledBatches(images.count, recipe.batchSize, seed ^ RECALIBRATION, epoch)) {
      signal.throwIfAborted()
      const views = new Float32Array(indices.length * size)
      const key = { seed: seed ^ RECALIBRATION, epoch, view: 0 }
      indices.forEach((index, row) => drawViewInto(views, row * size, images, index, recipe.views, key))
      const moments = new BatchMoments()
      tf.tidy(() => {
        encoder.forward(tf.tensor4d(views, [indices.length, height, width, channels]), moments.mode)
      })
      seen += 1
      // A running mean whose newest member has weight 1/k is the mean of k members.
      moments.updateStatistics(encoder, 1 / seen)
      moments.dispose()
      await tf.nextFrame()
    }
  }
}
