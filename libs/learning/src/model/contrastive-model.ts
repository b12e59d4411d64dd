import type { EncoderConfig, TextEncoderConfig } from '@lethe/domain'
import * as tf from '@tensorflow/tfjs'
import type { Raster } from '../checkpoint/weights-file.js'
import type { NegativeQueue } from '../methods/negative-queue.js'
import { variablesOf, type Tower } from '../towers/tower.js'

/** What decides the arrays of a model besides its framework. */
export interface ModelShape {
  readonly encoder: EncoderConfig
  /** Null but for CLIP. */
  readonly text: TextEncoderConfig | null
  readonly raster: Raster
}

/** MoCo's second half. No gradient reaches it. */
export interface Momentum {
  /** The momentum encoder, an image tower. */
  readonly key: Tower
  readonly queue: NegativeQueue
}

/** Everything that a framework trains. Its variables live until `dispose`. */
export interface ContrastiveModel {
  readonly shape: ModelShape
  readonly image: Tower
  /** CLIP's. */
  readonly text: Tower | null
  /** CLIP's ln(1/τ), a scalar. */
  readonly logitScale: tf.Variable | null
  /** MoCo's. */
  readonly momentum: Momentum | null
  /** All that a gradient reaches, by name. */
  readonly trainable: ReadonlyMap<string, tf.Variable>
  /** Running statistics of the towers that a gradient reaches. */
  readonly statistics: ReadonlyMap<string, tf.Variable>
  dispose(): void
}

export const LOGIT_SCALE = 'logitScale'

export function assembleModel(
  shape: ModelShape,
  parts: Pick<ContrastiveModel, 'image' | 'text' | 'logitScale' | 'momentum'>,
): ContrastiveModel {
  const { image, text, logitScale, momentum } = parts
  const towers = text === null ? [image] : [image, text]
  return {
    shape,
    ...parts,
    trainable: new Map([
      ...towers.flatMap(({ trainable }) => [...trainable]),
      ...(logitScale === null ? [] : [[LOGIT_SCALE, logitScale] as const]),
    ]),
    statistics: new Map(towers.flatMap(({ statistics }) => [...statistics])),
    dispose: () => {
      for (const tower of towers) tower.dispose()
      logitScale?.dispose()
      momentum?.key.dispose()
      momentum?.queue.dispose()
    },
  }
}

/** Copies every array of one image tower into another of the same blueprint. */
export function copyTower(from: Tower, into: Tower): void {
  const source = variablesOf(from)
  for (const [name, variable] of variablesOf(into)) variable.assign(source.get(name) as tf.Variable)
}

/** θ_key ← m·θ_key + (1 − m)·θ_query (MoCo, arXiv 1911.05722, eq. 2); running statistics are the key tower's own. */
export function followQuery({ key }: Momentum, query: Tower, keyMomentum: number): void {
  tf.tidy(() => {
    for (const [name, variable] of key.trainable) {
      const target = query.trainable.get(name) as tf.Variable
      variable.assign(tf.add(tf.mul(variable, keyMomentum), tf.mul(target, 1 - keyMomentum)))
    }
  })
}
