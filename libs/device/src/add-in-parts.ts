import type { KernelBackend, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs'
import type * as Tfjs from '@tensorflow/tfjs'

/**
 * Has the backend `webgpu` sum at most `most` arrays at once. tfjs binds every input of an AddN to one shader, which may have
 * fewer; what comes out then is not the sum. Sums of sums are the same but for rounding.
 */
export function addInParts(tf: typeof Tfjs, most: number): void {
  const kernel = tf.getKernel('AddN', 'webgpu')
  const addAll = kernel.kernelFunc
  tf.unregisterKernel('AddN', 'webgpu')
  tf.registerKernel({
    ...kernel,
    kernelFunc: ({ inputs, backend }) => {
      const add = (parts: readonly TensorInfo[]) =>
        addAll({ inputs: parts as unknown as NamedTensorInfoMap, backend }) as TensorInfo
      let parts = Object.values(inputs) as TensorInfo[]
      const between: TensorInfo[] = []
      while (parts.length > most) {
        const sum = add(parts.slice(0, most))
        between.push(sum)
        parts = [sum, ...parts.slice(most)]
      }
      const total = add(parts)
      for (const { dataId } of between) (backend as KernelBackend).disposeData(dataId)
      return total
    },
  })
}
