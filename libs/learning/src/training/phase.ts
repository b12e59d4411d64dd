import type * as tf from '@tensorflow/tfjs'

/** One step's input: views to project, and the loss of their projections. */
export interface ContrastiveBatch {
  /** [rows, height, width, channels], floats in [0, 1]. */
  readonly views: Float32Array
  readonly rows: number
  /** Distinct samples behind the rows, for images per second. */
  readonly samples: number
  /** projection: [rows, d] → scalar; runs inside the gradient tape. */
  loss(projection: tf.Tensor2D): tf.Scalar
}

/** A stretch of training with one objective. A run is one or more of them in order. */
export interface TrainingPhase {
  readonly name: string
  readonly epochs: number
  readonly stepsPerEpoch: number

  /** Rate of a step counted from the phase's beginning. */
  learningRate(step: number): number
  /** The batches of one epoch of this phase (from 0); a pure function of the recipe, so that a resumed run repeats it. */
  batches(epoch: number): Iterable<ContrastiveBatch>
}
