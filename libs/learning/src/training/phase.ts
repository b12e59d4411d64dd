import type { ViewRow } from '@lethe/views'
import type * as tf from '@tensorflow/tfjs'

/** What goes through which tower in one step. */
export interface StepInputs {
  readonly image: readonly ViewRow[]
  /** Through the momentum encoder, outside the gradient. */
  readonly key?: readonly ViewRow[]
  /** Token rows of one length. */
  readonly text?: readonly Int32Array[]
}

/** Projections of the inputs, in their order; not yet of length 1. */
export interface StepOutputs {
  readonly image: tf.Tensor2D
  readonly key: tf.Tensor2D | null
  readonly text: tf.Tensor2D | null
  readonly logitScale: tf.Scalar | null
}

export interface TrainingStep {
  readonly inputs: StepInputs
  /** Distinct samples behind the inputs, for images per second. */
  readonly samples: number
  /** Runs inside the gradient tape. */
  loss(outputs: StepOutputs): tf.Scalar
  /** λ of λ‖θ‖₁, added to loss and gradient; 0 adds nothing. */
  readonly l1: number
  /** After the optimiser's step; `key` is what the key tower made of its inputs before it. */
  afterStep?: ((key: tf.Tensor2D) => void) | undefined
}

/** A stretch of training with one objective. A run is one or more of them in order. */
export interface TrainingPhase {
  readonly name: string
  readonly epochs: number
  readonly stepsPerEpoch: number

  /** Rate of a step counted from the phase's beginning. */
  learningRate(step: number): number
  /** The steps of one epoch of this phase (from 0); a pure function of the recipe, so that a resumed run repeats it. */
  steps(epoch: number): Iterable<TrainingStep>
}
