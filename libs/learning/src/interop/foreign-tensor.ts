import { refuse } from './interop-error.js'

/** A tensor of another library's file. Nothing is decoded before it is asked for. */
export interface ForeignTensor {
  /** In the words of safetensors: F32, BF16, I64, … */
  readonly dtype: string
  readonly shape: readonly number[]
  /** Bytes that its elements take in the file. */
  readonly bytes: number
  /**
   * Row-major, rounded to float32 where it was wider.
   * @throws DomainError INTEROP_TENSOR where the type is no float or a value not finite
   */
  read(): Float32Array
}

/** Where the elements of a tensor lie in their storage, in elements. */
export interface Placement {
  readonly offset: number
  readonly shape: readonly number[]
  readonly strides: readonly number[]
}

export const elementCount = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1)

export function rowMajor(shape: readonly number[]): Placement {
  const strides = shape.map((_, axis) => elementCount(shape.slice(axis + 1)))
  return { offset: 0, shape, strides }
}

/** Elements of a storage at `placement`, which must lie inside of it. `name` is for the refusal. */
export function decodeFloats(dtype: string, storage: Uint8Array, placement: Placement, name: string): Float32Array {
  const elementAt = decoders[dtype]?.(new DataView(storage.buffer, storage.byteOffset, storage.byteLength))
  if (elementAt === undefined)
    return refuse('INTEROP_TENSOR', `Tensor ${name} is of type ${dtype}; weights are read from F32, F16, BF16 and F64.`)
  const values = new Float32Array(elementCount(placement.shape))
  const { shape, strides } = placement
  const index = shape.map(() => 0)
  let at = placement.offset
  for (let position = 0; position < values.length; position++) {
    values[position] = elementAt(at)
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const [size, stride] = [shape[axis] as number, strides[axis] as number]
      const next = (index[axis] as number) + 1
      index[axis] = next < size ? next : 0
      at += next < size ? stride : -stride * (size - 1)
      if (next < size) break
    }
  }
  if (!values.every(Number.isFinite)) refuse('INTEROP_TENSOR', `Tensor ${name} holds numbers that are not finite.`)
  return values
}

type ElementReader = (index: number) => number

const decoders: Readonly<Record<string, ((view: DataView) => ElementReader) | undefined>> = {
  F32: (view) => (index) => view.getFloat32(4 * index, true),
  F64: (view) => (index) => view.getFloat64(8 * index, true),
  F16: (view) => (index) => fromHalf(view.getUint16(2 * index, true)),
  BF16: (view) => {
    const scratch = new DataView(new ArrayBuffer(4))
    return (index) => {
      scratch.setUint16(2, view.getUint16(2 * index, true), true)
      return scratch.getFloat32(0, true)
    }
  },
}

/** IEEE 754 binary16. */
function fromHalf(bits: number): number {
  const sign = (bits & 0x8000) === 0 ? 1 : -1
  const [exponent, fraction] = [(bits >> 10) & 0x1f, bits & 0x3ff]
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}
