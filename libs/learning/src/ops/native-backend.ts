import * as tf from '@tensorflow/tfjs'

export interface NativeAttribute {
  readonly name: string
  readonly type: number
  readonly value: unknown
}

/** The part of tfjs-node's backend that runs TensorFlow operations which tfjs has no kernel for. */
export interface NativeBackend {
  readonly binding: Readonly<
    Record<'TF_ATTR_TYPE' | 'TF_ATTR_FLOAT' | 'TF_ATTR_STRING' | 'TF_ATTR_BOOL' | 'TF_FLOAT', number>
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

export const floatType = ({ binding }: NativeBackend, name: string): NativeAttribute => ({
  name,
  type: binding.TF_ATTR_TYPE,
  value: binding.TF_FLOAT,
})

/** Whether the current backend has this tfjs kernel. */
export const hasKernel = (name: string): boolean => tf.getKernel(name, tf.getBackend()) !== undefined
