import type { OptimizerConfig } from '@lethe/domain'
import * as tf from '@tensorflow/tfjs'
import { isMatrix } from './is-matrix.js'
import { momentumSgd } from './momentum-sgd.js'
import type { UpdateRule } from './optimizer.js'

/** η of the paper; the value that SimCLR uses. */
const TRUST = 0.001
const EPSILON = 1e-8

/**
 * Layer-wise adaptive rates (arXiv 1708.03888): the decayed gradient g + wd·θ is scaled by η·‖θ‖ / (‖g‖ + wd·‖θ‖ + ε) before
 * momentum, which then works as in SGD. Biases, norm parameters and the temperature (rank ≤ 1) are neither adapted nor
 * decayed, as SimCLR does it. Where ‖θ‖ or ‖g‖ is 0 the gradient is taken as it is.
 */
export function lars(config: OptimizerConfig): UpdateRule {
  const { weightDecay } = config
  const sgd = momentumSgd({ ...config, weightDecay: 0 })
  return {
    slots: sgd.slots,
    update(step) {
      const { parameter, gradient } = step
      if (!isMatrix(parameter)) return sgd.update(step)
      const [size, slope] = [norm(parameter), norm(gradient)]
      const isAdapted = tf.logicalAnd(tf.greater(size, 0), tf.greater(slope, 0))
      const ratio = tf.div(tf.mul(size, TRUST), tf.addN([slope, tf.mul(size, weightDecay), tf.scalar(EPSILON)]))
      const adapted = tf.mul(
        tf.add(gradient, tf.mul(parameter, tf.where(isAdapted, weightDecay, 0))),
        tf.where(isAdapted, ratio, 1),
      )
      return sgd.update({ ...step, gradient: adapted })
    },
  }
}

const norm = (x: tf.Tensor): tf.Scalar => tf.sqrt(tf.sum<tf.Scalar>(tf.square(x)))
