import * as tf from '@tensorflow/tfjs'
import type { ContrastiveModel } from '../model/contrastive-model.js'
import { BatchMoments } from '../towers/batch-moments.js'
import type { Tower } from '../towers/tower.js'
import type { StepOutputs } from './phase.js'
import type { PreparedStep, TowerRows } from './prepare-step.js'

/** What one step says. The caller disposes of all of it. */
export interface StepGradients {
  /** The objective before the step. */
  readonly loss: tf.Scalar
  /** Keyed by the variables' own names, as `tf.variableGrads` gives them. */
  readonly gradients: tf.NamedTensorMap
  /** What the key tower made of its inputs; null without one. */
  readonly key: tf.Tensor2D | null
}

/**
 * Loss and gradients of one step; running statistics move on. Where a tower's rows come in several chunks, each chunk goes
 * through it twice: once for its projections, and again, with their gradient, for the weights' (GradCache, arXiv 2101.06983).
 * Then memory is bound by the chunk and not by the batch.
 */
export function gradientsOf(model: ContrastiveModel, prepared: PreparedStep): StepGradients {
  const { image, text, step } = prepared
  const key =
    prepared.key === null || model.momentum === null ? null : projectRows(model.momentum.key, prepared.key, true)
  const isWhole = image.chunks.length === 1 && (text === null || text.chunks.length === 1)
  const { value, gradients } = isWhole ? wholeBatch(model, prepared, key) : inChunks(model, prepared, key)
  if (step.l1 === 0) return { loss: value, gradients, key }
  return { ...withSparsity(model, value, gradients, step.l1), key }
}

interface Differentiated {
  readonly value: tf.Scalar
  readonly gradients: tf.NamedTensorMap
}

function wholeBatch(
  model: ContrastiveModel,
  { step, image, text }: PreparedStep,
  key: tf.Tensor2D | null,
): Differentiated {
  const moments = { image: new BatchMoments(), text: new BatchMoments() }
  const result = tf.tidy(() => {
    const pictures = image.chunk(0)
    const tokens = text === null ? null : text.chunk(0)
    const { value, grads } = tf.variableGrads(
      () =>
        step.loss({
          image: model.image.forward(pictures, moments.image.mode).projection,
          text: tokens === null ? null : (model.text as Tower).forward(tokens, moments.text.mode).projection,
          key,
          logitScale: model.logitScale as tf.Scalar | null,
        }),
      [...model.trainable.values()],
    )
    return { value, gradients: grads }
  })
  settle(moments.image, model.image)
  if (model.text !== null) settle(moments.text, model.text)
  return result
}

function settle(moments: BatchMoments, tower: Tower): void {
  moments.updateStatistics(tower)
  moments.dispose()
}

function inChunks(
  model: ContrastiveModel,
  { step, image, text }: PreparedStep,
  key: tf.Tensor2D | null,
): Differentiated {
  const towers = [
    { tower: model.image, rows: image },
    ...(text === null || model.text === null ? [] : [{ tower: model.text, rows: text }]),
  ]
  const projections = towers.map(({ tower, rows }) => projectRows(tower, rows, false))
  const leaves = model.logitScale === null ? projections : [...projections, model.logitScale as tf.Tensor]
  const { value, grads } = tf.tidy(() =>
    tf.valueAndGrads((...inputs: tf.Tensor[]) => {
      const outputs: StepOutputs = {
        image: inputs[0] as tf.Tensor2D,
        text: text === null ? null : (inputs[1] as tf.Tensor2D),
        key,
        logitScale: model.logitScale === null ? null : (inputs.at(-1) as tf.Scalar),
      }
      return step.loss(outputs)
    })(leaves),
  )
  const gradients: tf.NamedTensorMap = {}
  towers.forEach(({ tower, rows }, index) => pullBack(tower, rows, grads[index] as tf.Tensor2D, gradients))
  if (model.logitScale !== null) gradients[model.logitScale.name] = (grads.at(-1) as tf.Tensor).clone()
  tf.dispose([projections, grads])
  return { value: value, gradients }
}

/** Adds to `sums` the gradient of Σ projection·dz with respect to the tower's weights, chunk by chunk. */
function pullBack(tower: Tower, rows: TowerRows, dz: tf.Tensor2D, sums: tf.NamedTensorMap): void {
  rows.chunks.forEach((chunk, index) => {
    const moments = new BatchMoments()
    const grads = tf.tidy(() => {
      const input = rows.chunk(index)
      const share = tf.gather(dz, tf.tensor1d(chunk, 'int32'))
      return tf.variableGrads(
        () => tf.sum(tf.mul(tower.forward(input, moments.mode).projection, share)),
        [...tower.trainable.values()],
      ).grads
    })
    settle(moments, tower)
    for (const [name, gradient] of Object.entries(grads)) {
      const sum = sums[name]
      sums[name] = sum === undefined ? gradient : tf.add(sum, gradient)
      if (sum !== undefined) tf.dispose([sum, gradient])
    }
  })
}

/** Projections of all rows in training mode, in their own order, outside any gradient. */
function projectRows(tower: Tower, rows: TowerRows, movesStatistics: boolean): tf.Tensor2D {
  const parts = rows.chunks.map((_, index) => {
    const moments = new BatchMoments()
    const part = tf.tidy(() => tower.forward(rows.chunk(index), moments.mode).projection)
    if (movesStatistics) moments.updateStatistics(tower)
    moments.dispose()
    return part
  })
  const [only] = parts
  if (parts.length === 1 && only !== undefined) return only
  const place = new Int32Array(rows.count)
  rows.chunks.flatMap((chunk) => [...chunk]).forEach((row, at) => (place[row] = at))
  const inOrder = tf.tidy(() => tf.gather(tf.concat(parts), tf.tensor1d(place, 'int32')))
  tf.dispose(parts)
  return inOrder
}

/** λ‖θ‖₁ and its subgradient λ·sign θ over all weights. */
function withSparsity(
  { trainable }: ContrastiveModel,
  value: tf.Scalar,
  gradients: tf.NamedTensorMap,
  lambda: number,
): { loss: tf.Scalar; gradients: tf.NamedTensorMap } {
  const result = tf.tidy(() => ({
    loss: tf
      .add(value, tf.mul(tf.addN([...trainable.values()].map((weights) => tf.sum(tf.abs(weights)))), lambda))
      .asScalar(),
    gradients: Object.fromEntries(
      [...trainable.values()].flatMap((weights) => {
        const gradient = gradients[weights.name]
        return gradient === undefined ? [] : [[weights.name, tf.add(gradient, tf.mul(tf.sign(weights), lambda))]]
      }),
    ),
  }))
  tf.dispose([value, gradients])
  return result
}
