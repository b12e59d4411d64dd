import { randomStream, shuffledIndices } from '@lethe/domain'
import * as tf from '@tensorflow/tfjs'
import { cosineLearningRate } from '../training/learning-rate.js'
import { dimensionOf, type LabelledFeatures } from './labelled-features.js'
import { standardiserOf } from './standardiser.js'

export interface LinearProbeOptions {
  readonly epochs?: number
  readonly learningRate?: number
  readonly batchSize?: number
  readonly seed?: number
}

export interface LinearProbe {
  /** At least 2; labels run below it. */
  readonly classes: number
  /** Row by row, [n · classes]; each row sums to 1. features: [n · d]. */
  probabilities(features: Float32Array): Float32Array
  /** [n], the likeliest class of each row. */
  predict(features: Float32Array): Int32Array
}

interface Parameters {
  /** [d, classes] */
  readonly weights: tf.Tensor2D
  /** [classes] */
  readonly bias: tf.Tensor1D
}

/**
 * Multinomial logistic regression on frozen features: 100 epochs of SGD at rate 1 under a cosine. Features are first
 * standardised, which a linear layer could do itself and which frees the rate from the encoder's scale. The same features,
 * labels and seed give the same probe.
 */
export function fitLinearProbe(
  train: LabelledFeatures,
  { epochs = 100, learningRate = 1, batchSize = 256, seed = 0 }: LinearProbeOptions = {},
): LinearProbe {
  const dimension = dimensionOf(train)
  const count = train.labels.length
  const classes = train.labels.reduce((count, label) => Math.max(count, label + 1), 2)
  const standardise = standardiserOf(train.features, dimension)
  const x = tf.tensor2d(standardise(train.features), [count, dimension])
  const size = Math.min(batchSize, count)
  const perEpoch = Math.ceil(count / size)
  let parameters: Parameters = { weights: tf.zeros([dimension, classes]), bias: tf.zeros([classes]) }
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = shuffledIndices(count, randomStream(seed, epoch))
    for (let step = 0; step < perEpoch; step++) {
      const rows = order.slice(step * size, (step + 1) * size)
      const labels = Int32Array.from(rows, (row) => train.labels[row] as number)
      const rate = cosineLearningRate(learningRate, epoch * perEpoch + step, epochs * perEpoch)
      parameters = descend(parameters, x, rows, labels, rate)
    }
  }
  const weights = parameters.weights.dataSync<'float32'>().slice()
  const bias = parameters.bias.dataSync<'float32'>().slice()
  tf.dispose([x, parameters.weights, parameters.bias])
  return probeOf(weights, bias, standardise)
}

/** One step down the mean cross-entropy of a batch; disposes of the parameters it was given. */
function descend(before: Parameters, x: tf.Tensor2D, rows: Int32Array, labels: Int32Array, rate: number): Parameters {
  const [weights, bias] = tf.tidy(() => {
    const batch = tf.gather(x, tf.tensor1d(rows, 'int32'))
    const truth = tf.oneHot(tf.tensor1d(labels, 'int32'), before.bias.shape[0])
    const surplus = tf.sub<tf.Tensor2D>(
      tf.softmax(tf.add<tf.Tensor2D>(tf.matMul(batch, before.weights), before.bias)),
      truth,
    )
    const step = rate / rows.length
    return [
      tf.sub<tf.Tensor2D>(before.weights, tf.mul(tf.matMul(tf.transpose(batch), surplus), step)),
      tf.sub<tf.Tensor1D>(before.bias, tf.mul(tf.sum(surplus, 0), step)),
    ]
  })
  tf.dispose([before.weights, before.bias])
  return { weights, bias }
}

function probeOf(
  weights: Float32Array,
  bias: Float32Array,
  standardise: (features: Float32Array) => Float32Array,
): LinearProbe {
  const classes = bias.length
  const dimension = weights.length / classes
  const probabilities = (features: Float32Array): Float32Array =>
    tf.tidy(() => {
      const x = tf.tensor2d(standardise(features), [features.length / dimension, dimension])
      const logits = tf.add<tf.Tensor2D>(tf.matMul(x, tf.tensor2d(weights, [dimension, classes])), tf.tensor1d(bias))
      return tf.softmax(logits).dataSync<'float32'>().slice()
    })
  return { classes, probabilities, predict: (features) => largestOf(probabilities(features), classes) }
}

const largestOf = (rows: Float32Array, width: number): Int32Array =>
  Int32Array.from({ length: rows.length / width }, (_, n) => {
    const row = rows.subarray(n * width, (n + 1) * width)
    return row.indexOf(row.reduce((largest, value) => Math.max(largest, value), -Infinity))
  })
