import * as tf from '@tensorflow/tfjs'

export interface MomentumSgdOptions {
  readonly momentum: number
  readonly weightDecay: number
}

/**
 * Stochastic gradient descent as PyTorch defines it: v ← μ·v + (g + wd·θ), θ ← θ − lr·v. (tfjs's own folds the rate into v,
 * which is another optimiser once the rate changes.)
 */
export class MomentumSgd {
  /** By parameter name; part of a checkpoint. */
  readonly velocities: ReadonlyMap<string, tf.Variable>

  constructor(
    private readonly parameters: ReadonlyMap<string, tf.Variable>,
    private readonly options: MomentumSgdOptions,
    initialVelocity?: (name: string) => Float32Array,
  ) {
    this.velocities = new Map(
      [...parameters].map(([name, { shape }]) => {
        const initial = initialVelocity?.(name)
        const values = tf.tidy(() =>
          tf.variable(initial === undefined ? tf.zeros(shape) : tf.tensor(initial, shape), false),
        )
        return [name, values]
      }),
    )
  }

  /** One step. `gradients` are keyed by the variables' own names, as `tf.variableGrads` gives them. */
  apply(gradients: tf.NamedTensorMap, learningRate: number): void {
    tf.tidy(() => {
      for (const [name, parameter] of this.parameters) {
        const gradient = gradients[parameter.name]
        const velocity = this.velocities.get(name)
        if (gradient === undefined || velocity === undefined) continue
        const decayed = tf.add(gradient, tf.mul(parameter, this.options.weightDecay))
        velocity.assign(tf.add(tf.mul(velocity, this.options.momentum), decayed))
        parameter.assign(tf.sub(parameter, tf.mul(velocity, learningRate)))
      }
    })
  }

  dispose(): void {
    tf.dispose([...this.velocities.values()])
  }
}
