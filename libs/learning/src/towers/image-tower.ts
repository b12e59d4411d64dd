import type { EncoderConfig } from '@lethe/domain'
import type * as tf from '@tensorflow/tfjs'
import { architectureOf } from '../encoders/architecture-of.js'
import { standardizePixels } from '../ops/standardize-pixels.js'
import { projectFeatures, projectionHeadParameters } from './projection-head.js'
import type { Blueprint } from './tower.js'

// ImageNet's mean and standard deviation per channel.
const MEAN = [0.485, 0.456, 0.406]
const DEVIATION = [0.229, 0.224, 0.225]

/** Encoder and head over pictures [n, h, w, 3], floats in [0, 1]. */
export function imageTower(config: EncoderConfig): Blueprint {
  const architecture = architectureOf(config)
  const { parameters, featureDimension } = architecture
  return {
    parameters: [...parameters, ...projectionHeadParameters(featureDimension, config.projection)],
    featureDimension,
    projectionDimension: config.projection.output,
    forward(images, layers) {
      const features = architecture.features(standardizePixels(images as tf.Tensor4D, MEAN, DEVIATION), layers)
      return { features, projection: projectFeatures(features, layers, config.projection) }
    },
  }
}
