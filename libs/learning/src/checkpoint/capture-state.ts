import { f32, i32, serializeSafetensors, type StoredTensor } from '@lethe/safetensors'
import * as tf from '@tensorflow/tfjs'
import type { ContrastiveModel } from '../model/contrastive-model.js'
import { carriedTensors } from '../model/create-model.js'
import type { Optimizer } from '../training/optimizers/optimizer.js'
import type { ModelCheckpoint } from './model-checkpoint.js'
import { stateMetadata, type TrainingState } from './training-state.js'
import { writeWeights } from './weights-file.js'

/** A moment of a run, held on the device. Costs memory but no transfer until it is read. */
export interface CapturedState {
  /** Reads and serialises once; must not be called after `dispose`. */
  readonly checkpoint: () => Promise<ModelCheckpoint>
  dispose(): void
}

/**
 * Holds on to the present weights, optimiser slots (with null: none), key tower and queue; later steps do not change what was
 * captured.
 */
export function captureState(
  model: ContrastiveModel,
  optimizer: Optimizer | null,
  state: TrainingState,
): CapturedState {
  const weights = clones([...model.trainable, ...model.statistics])
  const carried = clones([...(optimizer?.slots ?? []), ...carriedTensors(model)])
  let checkpoint: Promise<ModelCheckpoint> | undefined
  const read = async (): Promise<ModelCheckpoint> => ({
    weights: writeWeights(model.shape, await valuesOf(weights)),
    state: serializeSafetensors(await valuesOf(carried), stateMetadata(state)),
  })
  return {
    checkpoint: () => (checkpoint ??= read()),
    dispose: () => tf.dispose([...weights.values(), ...carried.values()]),
  }
}

// A clone shares the variable's data; assigning to the variable replaces its data and leaves the clone's.
const clones = (tensors: readonly (readonly [string, tf.Tensor])[]) =>
  new Map(tensors.map(([name, tensor]) => [name, tf.clone<tf.Tensor>(tensor)]))

async function valuesOf(tensors: ReadonlyMap<string, tf.Tensor>): Promise<Map<string, StoredTensor>> {
  const values = new Map<string, StoredTensor>()
  for (const [name, tensor] of tensors) {
    const data = await tensor.data()
    values.set(name, data instanceof Int32Array ? i32(tensor.shape, data) : f32(tensor.shape, data as Float32Array))
  }
  return values
}
