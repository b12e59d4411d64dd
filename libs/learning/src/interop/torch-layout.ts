import { elementCount } from './foreign-tensor.js'

export interface NumberedArray {
  readonly shape: readonly number[]
  readonly data: Float32Array
}

// Axis k of the result is axis axes[k] of the source. PyTorch's kernels are [out, in, height, width] and [out, in]; ours are
// [height, width, in, out] and [in, out]. Other arrays are the same on both sides.
const toOursAxes: Readonly<Record<number, readonly number[]>> = { 4: [2, 3, 1, 0], 2: [1, 0] }
const toTorchAxes: Readonly<Record<number, readonly number[]>> = { 4: [3, 2, 0, 1], 2: [1, 0] }

/** An array of PyTorch's layout in ours. */
export const toOurLayout = (array: NumberedArray): NumberedArray => permute(array, toOursAxes[array.shape.length])

/** An array of our layout in PyTorch's. */
export const toTorchLayout = (array: NumberedArray): NumberedArray => permute(array, toTorchAxes[array.shape.length])

/** The shape that an array of ours has in PyTorch. */
export const torchShape = (shape: readonly number[]): number[] =>
  toTorchAxes[shape.length]?.map((axis) => shape[axis] as number) ?? [...shape]

function permute({ shape, data }: NumberedArray, axes: readonly number[] | undefined): NumberedArray {
  if (axes === undefined) return { shape, data }
  const strides = shape.map((_, axis) => elementCount(shape.slice(axis + 1)))
  const sizes = axes.map((axis) => shape[axis] as number)
  const steps = axes.map((axis) => strides[axis] as number)
  const result = new Float32Array(data.length)
  let position = 0
  const walk = (axis: number, from: number): void => {
    const [size, step] = [sizes[axis] as number, steps[axis] as number]
    for (let index = 0; index < size; index++)
      if (axis === sizes.length - 1) result[position++] = data[from + index * step] as number
      else walk(axis + 1, from + index * step)
  }
  walk(0, 0)
  return { shape: sizes, data: result }
}
