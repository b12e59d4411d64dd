import type { OptimizerConfig } from '@lethe/domain'
import * as tf from '@tensorflow/tfjs'
import type { UpdateRule } from './optimizer.js'

/**
 * Stochastic gradient descent as `torch.optim.SGD` defines it: v ← μ·v + (g + wd·θ), θ ← θ − lr·v. (tfjs's own folds the
 * rate into v, which is another optimiser once the rate changes.) Decay reaches every array, as PyTorch's default does, but
 * not scalars: the only one is CLIP's temperature, which decay would pull towards 1.
 */
export function momentumSgd({ momentum, weightDecay }: OptimizerConfig): UpdateRule {
  return {
    slots: ['velocity'],
    update({ parameter, gradient, slots: [before], learningRate }) {
      const isDecayed = weightDecay > 0 && parameter.rank > 0
      const decayed = isDecayed ? tf.add(gradient, tf.mul(parameter, weightDecay)) : gradient
      const velocity = tf.add(tf.mul(before as tf.Tensor, momentum), decayed)
      return { parameter: tf.sub(parameter, tf.mul(velocity, learningRate)), slots: [velocity] }
    },
  }
}
