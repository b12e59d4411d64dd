import type { EncoderConfig } from '@lethe/domain'
import * as tf from '@tensorflow/tfjs'
import { normalizeBatch, normalizeByStatistics, type MomentsReceiver } from '../ops/normalize-batch.js'
import { architectureOf } from './architecture-of.js'
import { initialValues, type Parameter } from './parameter.js'
import { projectFeatures, projectionHeadParameters } from './projection-head.js'

/** How batch norm normalises: by the batch, reporting its moments, or by the running statistics. */
export type ForwardMode =
  | { readonly kind: 'training'; readonly onMoments: (layer: string, ...moments: Parameters<MomentsReceiver>) => void }
  | { readonly kind: 'evaluation' }

export interface EncoderOutput {
  /** [n, featureDimension] */
  readonly features: tf.Tensor2D
  /** [n, projectionDimension] */
  readonly projection: tf.Tensor2D
}

/** An encoder with its projection head. Its variables live until `dispose`. */
export interface Encoder {
  readonly config: EncoderConfig
  readonly featureDimension: number
  readonly projectionDimension: number
  /** By parameter name, in the order of the architecture. */
  readonly trainable: ReadonlyMap<string, tf.Variable>
  /** Running mean and unbiased variance of every batch norm, `<layer>.mean` and `<layer>.variance`. */
  readonly statistics: ReadonlyMap<string, tf.Variable>
  /** images: [n, h, w, 3], floats in [0, 1]. */
  forward(images: tf.Tensor4D, mode: ForwardMode): EncoderOutput
  dispose(): void
}

// ImageNet's mean and standard deviation per channel.
const MEAN = [0.485, 0.456, 0.406]
const DEVIATION = [0.229, 0.224, 0.225]

/** Every array of the network of this config, head included. */
export const encoderParameters = (config: EncoderConfig): Parameter[] => {
  const { parameters, featureDimension } = architectureOf(config)
  return [
    ...parameters,
    ...projectionHeadParameters(featureDimension, config.projection.hidden, config.projection.output),
  ]
}

/** An untrained encoder: the seed alone decides its weights. */
export const createEncoder = (config: EncoderConfig, seed: number): Encoder =>
  buildEncoder(config, (parameter, position) => initialValues(parameter, seed, position))

/** An encoder with the values that `valuesOf` gives for each parameter. */
export function buildEncoder(
  config: EncoderConfig,
  valuesOf: (parameter: Parameter, position: number) => Float32Array,
): Encoder {
  const architecture = architectureOf(config)
  const trainable = new Map<string, tf.Variable>()
  const statistics = new Map<string, tf.Variable>()
  encoderParameters(config).forEach((parameter, position) => {
    const variable = tf.tidy(() =>
      tf.variable(tf.tensor(valuesOf(parameter, position), [...parameter.shape]), parameter.trainable),
    )
    const kind = parameter.trainable ? trainable : statistics
    kind.set(parameter.name, variable)
  })
  const get = (name: string) => (trainable.get(name) ?? statistics.get(name)) as tf.Variable
  return {
    config,
    featureDimension: architecture.featureDimension,
    projectionDimension: config.projection.output,
    trainable,
    statistics,
    forward: (images, mode) => forward(images, mode, architecture.features.bind(architecture), get),
    dispose: () => tf.dispose([...trainable.values(), ...statistics.values()]),
  }
}

function forward(
  images: tf.Tensor4D,
  mode: ForwardMode,
  featuresOf: ReturnType<typeof architectureOf>['features'],
  get: (name: string) => tf.Variable,
): EncoderOutput {
  const layers = {
    get: <T extends tf.Tensor>(name: string) => get(name) as unknown as T,
    normalize<T extends tf.Tensor>(layer: string, x: T): T {
      const gamma = get(`${layer}.gamma`) as unknown as tf.Tensor1D
      const beta = get(`${layer}.beta`) as unknown as tf.Tensor1D
      if (mode.kind === 'evaluation')
        return normalizeByStatistics(x, gamma, beta, get(`${layer}.mean`), get(`${layer}.variance`))
      return normalizeBatch(x, gamma, beta, (mean, variance) => mode.onMoments(layer, mean, variance))
    },
  }
  const standardised = tf.div<tf.Tensor4D>(tf.sub(images, MEAN), DEVIATION)
  const features = featuresOf(standardised, layers)
  return { features, projection: projectFeatures(features, layers) }
}
