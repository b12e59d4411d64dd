import type { TrainingRecipe } from '@lethe/domain'
import * as tf from '@tensorflow/tfjs'
import type { Raster, Weights } from '../checkpoint/weights-file.js'
import type { SafetensorsFile } from '@lethe/safetensors'
import { refuse } from '../learning-error.js'
import { NegativeQueue } from '../methods/negative-queue.js'
import { imageTower } from '../towers/image-tower.js'
import { textTower } from '../towers/text-tower.js'
import { buildTower, untrained, variablesOf, type ValuesOf } from '../towers/tower.js'
import {
  assembleModel,
  LOGIT_SCALE,
  type ContrastiveModel,
  type ModelShape,
  type Momentum,
} from './contrastive-model.js'

const TEXT = 0x74657874
const QUEUE = 0x71756575

export const shapeOf = (recipe: TrainingRecipe, raster: Raster): ModelShape => ({
  encoder: recipe.encoder,
  text: recipe.framework === 'clip' ? recipe.text : null,
  raster,
})

/** An untrained model: recipe and seed alone decide its weights. */
export function createModel(recipe: TrainingRecipe, raster: Raster, seed: number): ContrastiveModel {
  const image = untrained(seed)
  return assemble(shapeOf(recipe, raster), recipe, {
    image,
    text: untrained(seed ^ TEXT),
    logitScale: Math.log(1 / recipe.temperature),
    key: image,
    queue: (length, dimension) => NegativeQueue.random(length, dimension, seed ^ QUEUE),
  })
}

/**
 * A model with these weights. MoCo's key tower and queue come from the training state that belongs to them; where there is
 * none (imported weights) the key tower is a copy of the image tower, and the queue is to be filled before it is used.
 */
export function modelFrom(weights: Weights, recipe: TrainingRecipe, state: SafetensorsFile | null): ContrastiveModel {
  const stored = storedValues(weights.tensors)
  const hasKey = state?.tensors.has('queue.keys') === true
  return assemble(weights, recipe, {
    image: stored,
    text: stored,
    logitScale: weights.tensors.get(LOGIT_SCALE)?.data[0] as number,
    key: hasKey ? storedValues(state.tensors, 'key.') : stored,
    queue: (length, dimension) =>
      hasKey ? NegativeQueue.restore(state.tensors, length, dimension) : NegativeQueue.random(length, dimension, QUEUE),
  })
}

interface Values {
  readonly image: ValuesOf
  readonly text: ValuesOf
  readonly logitScale: number
  readonly key: ValuesOf
  readonly queue: (length: number, dimension: number) => NegativeQueue
}

function assemble({ encoder, text, raster }: ModelShape, recipe: TrainingRecipe, values: Values): ContrastiveModel {
  const blueprint = imageTower(encoder)
  const image = buildTower(blueprint, values.image)
  const momentum: Momentum | null =
    recipe.framework === 'moco'
      ? {
          key: buildTower(blueprint, values.key),
          queue: values.queue(recipe.queueLength, blueprint.projectionDimension),
        }
      : null
  return assembleModel(
    { encoder, text, raster },
    {
      image,
      text: text === null ? null : buildTower(textTower(text, blueprint.projectionDimension), values.text),
      logitScale: text === null ? null : tf.tidy(() => tf.variable(tf.scalar(values.logitScale))),
      momentum,
    },
  )
}

/** Values by name out of a file that was checked against the blueprint. */
const storedValues =
  (tensors: SafetensorsFile['tensors'], prefix = ''): ValuesOf =>
  ({ name }) =>
    tensors.get(prefix + name)?.data as Float32Array

/** Refuses a training state whose momentum encoder or queue does not belong to these weights. */
export function assertMomentumState(
  { tensors }: SafetensorsFile,
  { encoder }: ModelShape,
  { queueLength }: Extract<TrainingRecipe, { framework: 'moco' }>,
  field: string,
): void {
  const blueprint = imageTower(encoder)
  const expected: [string, readonly number[]][] = [
    ...blueprint.parameters.map(({ name, shape }): [string, readonly number[]] => [`key.${name}`, shape]),
    ['queue.keys', [queueLength, blueprint.projectionDimension]],
  ]
  for (const [name, shape] of expected) {
    const tensor = tensors.get(name)
    if (tensor?.dtype !== 'F32' || tensor.shape.join() !== shape.join() || !tensor.data.every(Number.isFinite))
      refuse('CHECKPOINT_INVALID', `The training state lacks ${name} of shape [${shape.join(', ')}].`, field)
  }
}

/** What MoCo carries besides its weights, as named tensors of a training state. */
export const carriedTensors = ({ momentum }: ContrastiveModel): [string, tf.Tensor][] =>
  momentum === null
    ? []
    : [
        ...[...variablesOf(momentum.key)].map(([name, variable]): [string, tf.Tensor] => [`key.${name}`, variable]),
        ...momentum.queue.tensors(),
      ]
