import * as tf from '@tensorflow/tfjs'

/** Standard deviations below this are taken for rounding, and the feature for constant. */
const SMALLEST_DEVIATION = 1e-6
/** Power steps; the largest variance need not be exact. */
const ROUNDS = 30

/**
 * The affine map that gives every feature mean 0 and variance 1 over these rows, and then makes the largest variance along
 * any direction 2, so that gradient descent on cross-entropy at rate 1 is stable. features: [n · dimension].
 */
export function standardiserOf(features: Float32Array, dimension: number): (features: Float32Array) => Float32Array {
  const count = features.length / dimension
  const mean = new Float64Array(dimension)
  const square = new Float64Array(dimension)
  features.forEach((value, at) => {
    mean[at % dimension] = (mean[at % dimension] as number) + value / count
  })
  features.forEach((value, at) => {
    const k = at % dimension
    square[k] = (square[k] as number) + (value - (mean[k] as number)) ** 2 / count
  })
  const deviation = square.map((variance) => Math.max(Math.sqrt(variance), SMALLEST_DEVIATION))
  const map = (scale: number) => (rows: Float32Array) =>
    rows.map(
      (value, at) => ((value - (mean[at % dimension] as number)) / (deviation[at % dimension] as number)) * scale,
    )
  const largest = largestVariance(map(1)(features), dimension)
  return map(largest > 0 ? Math.sqrt(2 / largest) : 1)
}

/** Largest eigenvalue of the covariance of rows with mean 0, by power iteration. */
function largestVariance(rows: Float32Array, dimension: number): number {
  return tf.tidy(() => {
    const count = rows.length / dimension
    const x = tf.tensor2d(rows, [count, dimension])
    const covariance = tf.div<tf.Tensor2D>(tf.matMul(tf.transpose(x), x), count)
    let direction: tf.Tensor2D = tf.sum(covariance, 1, true)
    let length = 0
    for (let round = 0; round < ROUNDS; round++) {
      const unit = tf.div<tf.Tensor2D>(direction, tf.maximum(tf.norm(direction), 1e-20))
      direction = tf.matMul(covariance, unit)
      length = tf.norm(direction).dataSync()[0] as number
    }
    return length
  })
}
