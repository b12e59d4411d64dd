import type * as tf from '@tensorflow/tfjs'

/** Moves parameters along their gradients. Its variables live until `dispose`. */
export interface Optimizer {
  /** Per slot kind ('velocity', 'moment1', …) and parameter name; part of a checkpoint, as `<slot>.<parameter>`. */
  readonly slots: ReadonlyMap<string, tf.Variable>
  /**
   * One step, the `step`th of the whole run, counted from 1. `gradients` are keyed by the variables' own names, as
   * `tf.variableGrads` gives them; a parameter without one stays as it is. The caller keeps the gradients.
   */
  apply(gradients: tf.NamedTensorMap, learningRate: number, step: number): void
  dispose(): void
}

/** One step of one parameter. */
export interface ParameterStep {
  readonly parameter: tf.Tensor
  readonly gradient: tf.Tensor
  /** In the order of the rule's `slots`. */
  readonly slots: readonly tf.Tensor[]
  readonly learningRate: number
  /** From 1. */
  readonly step: number
}

/** How one parameter moves, whatever the others do. Every slot has the parameter's shape and begins at zero. */
export interface UpdateRule {
  readonly slots: readonly string[]
  /** Called inside a `tf.tidy`. */
  update(step: ParameterStep): { readonly parameter: tf.Tensor; readonly slots: readonly tf.Tensor[] }
}
