import * as tf from '@tensorflow/tfjs'
import { normalizeRows } from '../ops/normalize-rows.js'
import { accuracyOf, dimensionOf, type LabelledFeatures } from './labelled-features.js'

/** As instance discrimination does it (arXiv 1805.01978, §3.4). */
const TEMPERATURE = 0.07
const NEIGHBOURS = 20
/** Test rows compared at once. */
const PART = 256

/** Accuracy of the weighted vote of the 20 training rows with the largest cosine, each worth exp(cosine/0.07). */
export function nearestNeighbourAccuracy(
  train: LabelledFeatures,
  test: LabelledFeatures,
  neighbours = Math.min(NEIGHBOURS, train.labels.length),
): number {
  const dimension = dimensionOf(train)
  const predicted = new Int32Array(test.labels.length)
  const bank = tf.tidy(() => tf.transpose(normalizeRows(tf.tensor2d(train.features, [train.labels.length, dimension]))))
  for (let first = 0; first < predicted.length; first += PART) {
    const rows = test.features.subarray(first * dimension, (first + PART) * dimension)
    const { values, indices } = tf.tidy(() => {
      const part = normalizeRows(tf.tensor2d(rows, [rows.length / dimension, dimension]))
      const nearest = tf.topk(tf.matMul(part, bank), neighbours)
      return { values: nearest.values.dataSync<'float32'>(), indices: nearest.indices.dataSync<'int32'>() }
    })
    for (let row = 0; row < rows.length / dimension; row++)
      predicted[first + row] = vote(
        values.subarray(row * neighbours, (row + 1) * neighbours),
        indices.subarray(row * neighbours, (row + 1) * neighbours),
        train.labels,
      )
  }
  bank.dispose()
  return accuracyOf(predicted, test.labels)
}

/** The class with the largest sum of weights; the nearer of two that are equal. */
function vote(cosines: Float32Array, rows: Int32Array, labels: Int32Array): number {
  const weights = new Map<number, number>()
  rows.forEach((row, rank) => {
    const label = labels[row] as number
    weights.set(label, (weights.get(label) ?? 0) + Math.exp((cosines[rank] as number) / TEMPERATURE))
  })
  return [...weights].reduce((best, entry) => (entry[1] > best[1] ? entry : best))[0]
}
