import type { TrainingRecipe } from '@lethe/domain'
import type { ViewSource } from '@lethe/views'
import * as tf from '@tensorflow/tfjs'
import type { Raster } from '../checkpoint/weights-file.js'
import { shuffledBatches } from '../training/batches.js'
import { BatchMoments } from '../towers/batch-moments.js'
import type { Tower } from '../towers/tower.js'

/** Passes over the data; each draws other views. */
const PASSES = 4
const RECALIBRATION = 0x72656361

export interface RetainViews {
  readonly views: ViewSource
  /** Retain samples, set 0 of the views. */
  readonly count: number
  readonly raster: Raster
  readonly seed: number
  readonly signal: AbortSignal
}

/**
 * Replaces every running statistic by its plain mean over views of the retain set, weights untouched. Without it the drift
 * of running statistics alone looks like forgetting.
 */
export async function recalibrateStatistics(
  tower: Tower,
  { batchSize, chunkSize }: TrainingRecipe,
  { views, count, raster, seed, signal }: RetainViews,
): Promise<void> {
  if (tower.statistics.size === 0) return
  const { height, width, channels } = raster
  let seen = 0
  for (let epoch = 0; epoch < PASSES; epoch++) {
    for (const indices of shuffledBatches(
      count,
      Math.min(batchSize, chunkSize ?? batchSize),
      seed ^ RECALIBRATION,
      epoch,
    )) {
      signal.throwIfAborted()
      const rows = Array.from(indices, (index) => ({ set: 0, index, seed: seed ^ RECALIBRATION, epoch, view: 0 }))
      const drawn = await views.draw(rows)
      const moments = new BatchMoments()
      tf.tidy(() => {
        tower.forward(tf.tensor4d(drawn, [indices.length, height, width, channels]), moments.mode)
      })
      seen += 1
      // A running mean whose newest member has weight 1/k is the mean of k members.
      moments.updateStatistics(tower, 1 / seen)
      moments.dispose()
      await tf.nextFrame()
    }
  }
}
