import * as tf from '@tensorflow/tfjs'
import type { TrainingStep } from '../training/phase.js'
import type { Contrast, Framework } from './framework.js'
import type { SampleBatch } from './sample-batch.js'

export interface StepOptions {
  /** Runs inside the gradient tape. */
  readonly objective: (contrast: Contrast) => tf.Scalar
  readonly l1?: number
}

/** The step of a framework on this batch under an objective. */
export const stepOf = (framework: Framework, batch: SampleBatch, { objective, l1 = 0 }: StepOptions): TrainingStep => ({
  inputs: framework.inputs(batch),
  samples: batch.samples.length,
  l1,
  loss: (outputs) => objective(framework.contrast(outputs, batch)),
  afterStep: framework.afterStep === undefined ? undefined : (key) => framework.afterStep?.(batch, key),
})

/** The framework's own objective: the mean over rows. */
export const meanRows = ({ rows }: Contrast): tf.Scalar => tf.mean(rows)
