import type * as tf from '@tensorflow/tfjs'
import type { Parameter } from './parameter.js'

/** What a layer may ask of the network that it is part of. */
export interface Layers {
  /** A parameter by name. */
  get<T extends tf.Tensor>(name: string): T
  /** Batch normalisation by the parameters `<name>.gamma`, `.beta` and, in evaluation, `.mean`, `.variance`. */
  normalize<T extends tf.Tensor>(name: string, x: T): T
}

/** An encoder as a list of named parameters and a function of them. */
export interface Architecture {
  readonly parameters: readonly Parameter[]
  /** Width of the pooled features, on which the projection head stands. */
  readonly featureDimension: number
  /** images: [n, h, w, 3], standardised → [n, featureDimension]. */
  features(images: tf.Tensor4D, layers: Layers): tf.Tensor2D
}
