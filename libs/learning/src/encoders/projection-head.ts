import type * as tf from '@tensorflow/tfjs'
import { multiplyMatrices } from '../ops/multiply-matrices.js'
import { rectify } from '../ops/rectify.js'
import type { Layers } from './architecture.js'
import { batchNorm, kernel, type Parameter } from './parameter.js'

/** SimCLR's head: linear, batch norm, ReLU, linear, batch norm. No biases, since batch norm follows each layer. */
export const projectionHeadParameters = (features: number, hidden: number, output: number): Parameter[] => [
  kernel('head.linear0', [features, hidden]),
  ...batchNorm('head.norm0', hidden),
  kernel('head.linear1', [hidden, output]),
  ...batchNorm('head.norm1', output),
]

/** features: [n, f] → [n, output] */
export function projectFeatures(features: tf.Tensor2D, layers: Layers): tf.Tensor2D {
  const hidden = multiplyMatrices(features, layers.get('head.linear0.kernel'))
  const active = rectify(layers.normalize('head.norm0', hidden))
  return layers.normalize('head.norm1', multiplyMatrices(active, layers.get('head.linear1.kernel')))
}
