import * as tf from '@tensorflow/tfjs'

export interface NativeAttribute {
  readonly name: string
  readonly type: number
  readonly value: unknown
}

/** The part of tfjs-node's backend that runs TensorFlow operations which tfjs has no kernel for. */
export interface NativeBackend {
  readonly isUsingGpuDevice: boolean
  readonly binding: Readonly<
    Record<'TF_ATTR_TYPE' | 'TF_ATTR_FLOAT' | 'TF_ATTR_INT' | 'TF_ATTR_STRING' | 'TF_ATTR_BOOL' | 'TF_FLOAT', number>
  >
  executeSingleOutput(name: string, attributes: readonly NativeAttribute[], inputs: readonly tf.Tensor[]): tf.Tensor
  executeMultipleOutputs(
    name: string,
    attributes: readonly NativeAttribute[],
    inputs: readonly tf.Tensor[],
    outputs: number,
  ): tf.Tensor[]
}

/**
 * The one seam between the training operations and what a backend offers: tfjs-node's raw operations where the current
 * backend has them, null elsewhere. Every operation that asks has a composed form with the same result.
 */
export function nativeBackend(): NativeBackend | null {
  const backend = tf.backend() as unknown as Partial<NativeBackend>
  const isNative = typeof backend.executeMultipleOutputs === 'function' && backend.binding !== undefined
  return isNative ? (backend as NativeBackend) : null
}

/** A TensorFlow operation on float32 tensors; `T`, its type, is given here. */
export function runNative(
  native: NativeBackend,
  name: string,
  inputs: readonly tf.Tensor[],
  attributes: Readonly<Record<string, string | boolean | readonly number[]>> = {},
): tf.Tensor {
  const others = Object.entries(attributes).map(([key, value]) => attributeOf(native, key, value))
  return native.executeSingleOutput(name, [floatType(native, 'T'), ...others], inputs)
}

export const floatType = ({ binding }: NativeBackend, name: string): NativeAttribute => ({
  name,
  type: binding.TF_ATTR_TYPE,
  value: binding.TF_FLOAT,
})

function attributeOf({ binding }: NativeBackend, name: string, value: unknown): NativeAttribute {
  if (typeof value === 'string') return { name, type: binding.TF_ATTR_STRING, value }
  return { name, type: typeof value === 'boolean' ? binding.TF_ATTR_BOOL : binding.TF_ATTR_INT, value }
}

/** Whether the current backend has this tfjs kernel. */
export const hasKernel = (name: string): boolean => tf.getKernel(name, tf.getBackend()) !== undefined
