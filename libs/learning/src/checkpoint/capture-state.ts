import { f32, serializeSafetensors } from '@lethe/safetensors'
import * as tf from '@tensorflow/tfjs'
import type { Encoder } from '../encoders/encoder.js'
import type { MomentumSgd } from '../training/momentum-sgd.js'
import type { ModelCheckpoint } from './model-checkpoint.js'
import { stateMetadata, type TrainingState } from './training-state.js'
import { writeWeights, type Raster } from './weights-file.js'

/** A moment of a run, held on the device. Costs memory but no transfer until it is read. */
export interface CapturedState {
  /** Reads and serialises once; must not be called after `dispose`. */
  readonly checkpoint: () => Promise<ModelCheckpoint>
  dispose(): void
}

/** Holds on to the present weights and velocities; later steps do not change what was captured. */
export function captureState(
  encoder: Encoder,
  optimizer: MomentumSgd,
  state: TrainingState,
  raster: Raster,
): CapturedState {
  const weights = clones([...encoder.trainable, ...encoder.statistics])
  const velocities = clones([...optimizer.velocities])
  let checkpoint: Promise<ModelCheckpoint> | undefined
  const read = async (): Promise<ModelCheckpoint> => ({
    weights: writeWeights(encoder.config, raster, await valuesOf(weights)),
    state: serializeSafetensors(
      new Map([...(await valuesOf(velocities))].map(([name, { shape, data }]) => [name, f32(shape, data)])),
      stateMetadata(state),
    ),
  })
  return {
    checkpoint: () => (checkpoint ??= read()),
    dispose: () => tf.dispose([...weights.values(), ...velocities.values()]),
  }
}

// A clone shares the variable's data; assigning to the variable replaces its data and leaves the clone's.
const clones = (variables: readonly [string, tf.Variable][]) =>
  new Map(variables.map(([name, variable]) => [name, tf.clone<tf.Tensor>(variable)]))

async function valuesOf(tensors: ReadonlyMap<string, tf.Tensor>) {
  const values = new Map<string, { shape: readonly number[]; data: Float32Array }>()
  for (const [name, tensor] of tensors)
    values.set(name, { shape: tensor.shape, data: (await tensor.data()) as Float32Array })
  return values
}
