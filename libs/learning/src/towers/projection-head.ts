import type { EncoderConfig } from '@lethe/domain'
import type * as tf from '@tensorflow/tfjs'
import type { Layers } from '../encoders/architecture.js'
import { batchNorm, kernel, type Parameter } from '../encoders/parameter.js'
import { multiplyMatrices } from '../ops/multiply-matrices.js'
import { rectify } from '../ops/rectify.js'

type Projection = EncoderConfig['projection']

/**
 * SimCLR's head: linear, batch norm, ReLU, linear, batch norm; no biases, since batch norm follows each layer. With `hidden`
 * null, one linear layer without bias, as CLIP has; a bias would cancel nothing and add nothing that MoCo needs.
 */
export const projectionHeadParameters = (features: number, { hidden, output }: Projection): Parameter[] =>
  hidden === null
    ? [kernel('head.linear0', [features, output])]
    : [
        kernel('head.linear0', [features, hidden]),
        ...batchNorm('head.norm0', hidden),
        kernel('head.linear1', [hidden, output]),
        ...batchNorm('head.norm1', output),
      ]

/** features: [n, f] → [n, output] */
export function projectFeatures(features: tf.Tensor2D, layers: Layers, { hidden }: Projection): tf.Tensor2D {
  const first = multiplyMatrices(features, layers.get('head.linear0.kernel'))
  if (hidden === null) return first
  const active = rectify(layers.normalize('head.norm0', first))
  return layers.normalize('head.norm1', multiplyMatrices(active, layers.get('head.linear1.kernel')))
}
