import * as tf from '@tensorflow/tfjs'
import type { Layers } from '../encoders/architecture.js'
import { initialValues, type Parameter } from '../encoders/parameter.js'
import { normalizeBatch, normalizeByStatistics, type MomentsReceiver } from '../ops/normalize-batch.js'

/** How batch norm normalises: by the batch, reporting its moments, or by the running statistics. */
export type ForwardMode =
  | { readonly kind: 'training'; readonly onMoments: (layer: string, ...moments: Parameters<MomentsReceiver>) => void }
  | { readonly kind: 'evaluation' }

export interface TowerOutput {
  /** [n, featureDimension] */
  readonly features: tf.Tensor2D
  /** [n, projectionDimension], not yet of length 1. */
  readonly projection: tf.Tensor2D
}

/** A network with its projection head, as named parameters and a function of them. */
export interface Blueprint {
  readonly parameters: readonly Parameter[]
  readonly featureDimension: number
  readonly projectionDimension: number
  /** input: pictures [n, h, w, 3] in [0, 1], or tokens [n, contextLength]. */
  forward(input: tf.Tensor, layers: Layers): TowerOutput
}

/** A blueprint with variables, which live until `dispose`. */
export interface Tower {
  readonly featureDimension: number
  readonly projectionDimension: number
  /** By parameter name, in the order of the blueprint. */
  readonly trainable: ReadonlyMap<string, tf.Variable>
  /** Running mean and unbiased variance of every batch norm, `<layer>.mean` and `<layer>.variance`. */
  readonly statistics: ReadonlyMap<string, tf.Variable>
  forward(input: tf.Tensor, mode: ForwardMode): TowerOutput
  dispose(): void
}

/** Values of the parameter at `position` of its blueprint. */
export type ValuesOf = (parameter: Parameter, position: number) => Float32Array

/** Untrained: the seed alone decides the values. */
export const untrained =
  (seed: number): ValuesOf =>
  (parameter, position) =>
    initialValues(parameter, seed, position)

export function buildTower(blueprint: Blueprint, valuesOf: ValuesOf): Tower {
  const trainable = new Map<string, tf.Variable>()
  const statistics = new Map<string, tf.Variable>()
  blueprint.parameters.forEach((parameter, position) => {
    const variable = tf.tidy(() =>
      tf.variable(tf.tensor(valuesOf(parameter, position), [...parameter.shape]), parameter.trainable),
    )
    const kind = parameter.trainable ? trainable : statistics
    kind.set(parameter.name, variable)
  })
  const get = (name: string) => (trainable.get(name) ?? statistics.get(name)) as tf.Variable
  return {
    featureDimension: blueprint.featureDimension,
    projectionDimension: blueprint.projectionDimension,
    trainable,
    statistics,
    forward: (input, mode) => blueprint.forward(input, layersOf(get, mode)),
    dispose: () => tf.dispose([...trainable.values(), ...statistics.values()]),
  }
}

/** All arrays of a tower by name. */
export const variablesOf = ({ trainable, statistics }: Tower): ReadonlyMap<string, tf.Variable> =>
  new Map([...trainable, ...statistics])

function layersOf(get: (name: string) => tf.Variable, mode: ForwardMode): Layers {
  return {
    get: <T extends tf.Tensor>(name: string) => get(name) as unknown as T,
    normalize<T extends tf.Tensor>(layer: string, x: T): T {
      const gamma = get(`${layer}.gamma`) as unknown as tf.Tensor1D
      const beta = get(`${layer}.beta`) as unknown as tf.Tensor1D
      if (mode.kind === 'evaluation')
        return normalizeByStatistics(x, gamma, beta, get(`${layer}.mean`), get(`${layer}.variance`))
      return normalizeBatch(x, gamma, beta, (mean, variance) => mode.onMoments(layer, mean, variance))
    },
  }
}
