import type { TextEncoderConfig } from '@lethe/domain'
import type * as tf from '@tensorflow/tfjs'
import { kernel } from '../encoders/parameter.js'
import { textTransformer } from '../encoders/text-transformer.js'
import { multiplyMatrices } from '../ops/multiply-matrices.js'
import type { Blueprint } from './tower.js'

/** CLIP's text tower over tokens [n, contextLength]: transformer, then a linear projection into the pictures' space. */
export function textTower(config: TextEncoderConfig, projectionDimension: number): Blueprint {
  const transformer = textTransformer(config)
  const { parameters, featureDimension } = transformer
  return {
    parameters: [...parameters, kernel('text.projection', [featureDimension, projectionDimension])],
    featureDimension,
    projectionDimension,
    forward(tokens, layers) {
      const features = transformer.features(tokens as tf.Tensor2D, layers)
      return { features, projection: multiplyMatrices(features, layers.get('text.projection.kernel')) }
    },
  }
}
