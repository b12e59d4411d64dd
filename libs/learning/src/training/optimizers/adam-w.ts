import type { OptimizerConfig } from '@lethe/domain'
import * as tf from '@tensorflow/tfjs'
import { isMatrix } from './is-matrix.js'
import type { UpdateRule } from './optimizer.js'

const EPSILON = 1e-8

/**
 * Adam with decoupled decay (arXiv 1711.05101) as `torch.optim.AdamW` defines it: θ ← (1 − lr·wd)·θ, then
 * θ ← θ − lr·m̂ / (√v̂ + ε). Biases, norm parameters and the temperature (rank ≤ 1) are not decayed, as OpenCLIP does it.
 */
export function adamW({ momentum: beta1, secondMomentum: beta2, weightDecay }: OptimizerConfig): UpdateRule {
  return {
    slots: ['moment1', 'moment2'],
    update({ parameter, gradient, slots: [first, second], learningRate, step }) {
      const moment1 = tf.add(tf.mul(first as tf.Tensor, beta1), tf.mul(gradient, 1 - beta1))
      const moment2 = tf.add(tf.mul(second as tf.Tensor, beta2), tf.mul(tf.square(gradient), 1 - beta2))
      const scale = tf.add(tf.mul(tf.sqrt(moment2), 1 / Math.sqrt(1 - beta2 ** step)), EPSILON)
      const move = tf.div(tf.mul(moment1, learningRate / (1 - beta1 ** step)), scale)
      const kept =
        weightDecay > 0 && isMatrix(parameter) ? tf.mul(parameter, 1 - learningRate * weightDecay) : parameter
      return { parameter: tf.sub(kept, move), slots: [moment1, moment2] }
    },
  }
}
