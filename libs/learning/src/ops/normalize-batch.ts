import * as tf from '@tensorflow/tfjs'
import { withGradient } from './custom-gradient.js'
import { sumRows } from './matrix-kernels.js'
import { floatType, nativeBackend, type NativeAttribute, type NativeBackend } from './native-backend.js'

/** PyTorch's; tfjs's own default is 1e-3. */
export const BATCH_NORM_EPSILON = 1e-5

/** Moments of one batch, for the running statistics. The receiver owns the tensors and disposes of them. */
export type MomentsReceiver = (mean: tf.Tensor1D, unbiasedVariance: tf.Tensor1D) => void

/**
 * Batch normalisation in training mode over all axes but the last: γ·(x − μ)/√(σ² + ε) + β with the biased variance of
 * this batch. `onMoments` gets the mean and the unbiased variance, outside the gradient.
 */
export function normalizeBatch<T extends tf.Tensor>(
  x: T,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  onMoments: MomentsReceiver,
): T {
  const native = nativeBackend()
  return (native === null ? composed(x, gamma, beta, onMoments) : fused(native, x, gamma, beta, onMoments)) as T
}

/** The same in evaluation mode, from running statistics. Not meant to be differentiated. */
export function normalizeByStatistics<T extends tf.Tensor>(
  x: T,
  gamma: tf.Tensor,
  beta: tf.Tensor,
  mean: tf.Tensor,
  variance: tf.Tensor,
): T {
  const scale = tf.mul(gamma, tf.rsqrt(tf.add(variance, BATCH_NORM_EPSILON)))
  return tf.add(tf.mul(x, scale), tf.sub(beta, tf.mul(mean, scale)))
}

function composed(x: tf.Tensor, gamma: tf.Tensor1D, beta: tf.Tensor1D, onMoments: MomentsReceiver): tf.Tensor {
  const channels = x.shape.at(-1) as number
  return withGradient([x, gamma, beta], (save) => {
    const rows = tf.reshape<tf.Rank.R2>(x, [-1, channels])
    const count = rows.shape[0]
    const mean = tf.div<tf.Tensor1D>(sumRows(rows), count)
    const centred = tf.sub<tf.Tensor2D>(rows, mean)
    const variance = tf.div(sumRows(tf.square(centred)), count)
    onMoments(tf.keep(mean), tf.keep(tf.mul(variance, count / (count - 1))))
    const inverse = tf.rsqrt(tf.add(variance, BATCH_NORM_EPSILON))
    const standard = tf.mul(centred, inverse)
    save([standard, tf.mul(inverse, gamma)])
    return {
      value: tf.reshape(tf.add(tf.mul(standard, gamma), beta), x.shape),
      gradient: (dy, [unit, scale]) => {
        const d = tf.reshape<tf.Rank.R2>(dy, [-1, channels])
        const dBeta = sumRows(d)
        const dGamma = sumRows(tf.mul(d, unit as tf.Tensor))
        const shared = tf.add(tf.div(dBeta, count), tf.mul(unit as tf.Tensor, tf.div(dGamma, count)))
        return [tf.reshape(tf.mul(scale as tf.Tensor, tf.sub(d, shared)), x.shape), dGamma, dBeta]
      },
    }
  })
}

function attributes(native: NativeBackend): NativeAttribute[] {
  const { TF_ATTR_FLOAT, TF_ATTR_STRING, TF_ATTR_BOOL } = native.binding
  return [
    floatType(native, 'T'),
    floatType(native, 'U'),
    { name: 'epsilon', type: TF_ATTR_FLOAT, value: BATCH_NORM_EPSILON },
    { name: 'data_format', type: TF_ATTR_STRING, value: 'NHWC' },
    { name: 'is_training', type: TF_ATTR_BOOL, value: true },
  ]
}

/** TensorFlow's own FusedBatchNormV3: one pass forward (1.9 against 12.6 ms) and one backward. */
function fused(
  native: NativeBackend,
  x: tf.Tensor,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  onMoments: MomentsReceiver,
): tf.Tensor {
  const shape = x.rank === 4 ? x.shape : [x.shape[0], 1, 1, x.shape.at(-1) as number]
  return withGradient([x, gamma, beta], (save) => {
    const images = tf.reshape(x, shape)
    const none = tf.tensor1d([])
    const all = [
      ...attributes(native),
      { name: 'exponential_avg_factor', type: native.binding.TF_ATTR_FLOAT, value: 1 },
    ]
    const outputs = native.executeMultipleOutputs('FusedBatchNormV3', all, [images, gamma, beta, none, none], 6)
    const [y, mean, unbiasedVariance, first, second, third] = outputs as [
      tf.Tensor,
      tf.Tensor1D,
      tf.Tensor1D,
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ]
    onMoments(tf.keep(mean.clone()), tf.keep(unbiasedVariance.clone()))
    save([images, gamma, first, second, third])
    return {
      value: tf.reshape(y, x.shape),
      gradient: (dy, saved) => {
        const inputs = [tf.reshape(dy, shape), ...saved]
        const [dx, dGamma, dBeta] = native.executeMultipleOutputs('FusedBatchNormGradV3', attributes(native), inputs, 5)
        return [tf.reshape(dx as tf.Tensor, x.shape), dGamma as tf.Tensor, dBeta as tf.Tensor]
      },
    }
  })
}
