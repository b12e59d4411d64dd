import { DomainError } from '@lethe/domain'

/** A tensor as it lies in a file: row-major data of one of the types that Lethe writes. */
export type StoredTensor =
  | { readonly dtype: 'F64'; readonly shape: readonly number[]; readonly data: Float64Array }
  | { readonly dtype: 'F32'; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: 'I32'; readonly shape: readonly number[]; readonly data: Int32Array }
  | { readonly dtype: 'U8'; readonly shape: readonly number[]; readonly data: Uint8Array }

export type StoredDtype = StoredTensor['dtype']

export const bytesPerElement: Readonly<Record<StoredDtype, number>> = { F64: 8, F32: 4, I32: 4, U8: 1 }

/** Key of the header under which the file's own strings lie. */
export const METADATA_KEY = '__metadata__'

export type SafetensorsErrorCode =
  /** Fewer bytes than the file itself announces. */
  | 'SAFETENSORS_TRUNCATED'
  /** The header is not what the format allows. */
  | 'SAFETENSORS_HEADER'
  /** A type that is not F64, F32, I32 or U8. */
  | 'SAFETENSORS_DTYPE'
  /** Tensors overlap, leave holes, or do not match their shapes. */
  | 'SAFETENSORS_LAYOUT'

export function refuse(code: SafetensorsErrorCode, message: string, field?: string): never {
  throw new DomainError(code, message, field)
}

export const elementCount = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1)

export const f64 = (shape: readonly number[], data: Float64Array): StoredTensor => ({ dtype: 'F64', shape, data })

export const f32 = (shape: readonly number[], data: Float32Array): StoredTensor => ({ dtype: 'F32', shape, data })

export const i32 = (shape: readonly number[], data: Int32Array): StoredTensor => ({ dtype: 'I32', shape, data })
