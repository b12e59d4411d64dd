import { randomIndex, randomStream, type PackedImages, type TrainingRecipe, type UnlearningRecipe } from '@lethe/domain'
import * as tf from '@tensorflow/tfjs'
import { alignmentCalibrationSimclr } from '../losses/alignment-calibration-simclr.js'
import { stepsPerEpoch, stratifiedBatches, type StratifiedBatch } from '../training/batches.js'
import type { ContrastiveBatch, TrainingPhase } from '../training/phase.js'
import { drawViewInto } from '@lethe/views'

export type AlignmentCalibrationRecipe = Extract<UnlearningRecipe, { method: 'alignment-calibration' }>

export interface UnlearningSets {
  readonly retain: PackedImages
  readonly forget: PackedImages
}

const PARTNERS = 0x70617274

/** Alignment Calibration on SimCLR (arXiv 2406.03603) at a constant rate, every batch with its share of forget samples. */
export function alignmentCalibrationPhase(
  sets: UnlearningSets,
  recipe: TrainingRecipe,
  unlearning: AlignmentCalibrationRecipe,
): TrainingPhase {
  const sizes = { retain: sets.retain.count, forget: sets.forget.count }
  return {
    name: 'calibrate',
    epochs: unlearning.epochs,
    stepsPerEpoch: stepsPerEpoch(sizes.retain + sizes.forget, recipe.batchSize),
    learningRate: () => unlearning.learningRate,
    *batches(epoch) {
      for (const batch of stratifiedBatches(sizes, recipe.batchSize, unlearning.seed, epoch))
        yield calibrationBatch(sets, batch, recipe, unlearning, epoch)
    },
  }
}

/**
 * Rows: first views of all samples, then their partners, then third views; retain samples first in each. The partner of a
 * retain sample is its own second view, that of a forget sample a fresh view of another forget sample.
 */
function calibrationBatch(
  { retain, forget }: UnlearningSets,
  batch: StratifiedBatch,
  recipe: TrainingRecipe,
  { alpha, beta, seed }: AlignmentCalibrationRecipe,
  epoch: number,
): ContrastiveBatch {
  const size = retain.height * retain.width * retain.channels
  const n = batch.retain.length + batch.forget.length
  const views = new Float32Array(3 * n * size)
  const partners = partnersOf(batch.forget, forget.count, seed, epoch)
  const draw = (row: number, images: PackedImages, index: number, view: number) =>
    drawViewInto(views, row * size, images, index, recipe.views, {
      seed: images === forget ? seed + 1 : seed,
      epoch,
      view,
    })
  for (let view = 0; view < 3; view++) {
    batch.retain.forEach((index, row) => draw(view * n + row, retain, index, view))
    batch.forget.forEach((index, k) => {
      const row = batch.retain.length + k
      // A partner's view is numbered by its row, so that it differs from every view the partner has of its own.
      if (view === 1) draw(n + row, forget, partners[k] as number, 3 + row)
      else draw(view * n + row, forget, index, view)
    })
  }
  const mask = Float32Array.from({ length: n }, (_, row) => (row < batch.retain.length ? 0 : 1))
  const options = {
    alpha,
    beta,
    temperature: recipe.temperature,
    forgetCount: forget.count,
    trainCount: retain.count + forget.count,
  }
  return {
    views,
    rows: 3 * n,
    samples: n,
    loss: (projection) => {
      const [z0, z1, z2] = tf.split(projection, 3) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D]
      return alignmentCalibrationSimclr(z0, z1, z2, tf.tensor1d(mask), options)
    },
  }
}

/** π: for each forget sample another one, uniform over the rest of the forget set. */
function partnersOf(indices: Int32Array, count: number, seed: number, epoch: number): Int32Array {
  return indices.map((index) => {
    const other = randomIndex(randomStream(seed, PARTNERS, epoch, index), count - 1)
    return other < index ? other : other + 1
  })
}
