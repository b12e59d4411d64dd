import { readSafetensorsLayout, type RawTensor } from './read-safetensors-layout.js'
import { bytesPerElement, type StoredDtype, type StoredTensor } from './stored-tensor.js'

export interface SafetensorsFile {
  readonly tensors: ReadonlyMap<string, StoredTensor>
  readonly metadata: Readonly<Record<string, string>>
}

/**
 * Reads a safetensors file of the types that Lethe writes. The tensors own their memory: the bytes may be changed
 * afterwards.
 * @throws DomainError with a SAFETENSORS_* code; `field` names the tensor where there is one.
 */
export function parseSafetensors(bytes: Uint8Array): SafetensorsFile {
  const { tensors, metadata } = readSafetensorsLayout(bytes, bytesPerElement)
  return { tensors: new Map([...tensors].map(([name, tensor]) => [name, ownTensor(tensor)])), metadata }
}

function ownTensor({ dtype, shape, bytes }: RawTensor): StoredTensor {
  // A copy begins at offset 0 of its own buffer and is therefore aligned for every type (Buffer.slice would not copy).
  const copy = new Uint8Array(bytes)
  switch (dtype as StoredDtype) {
    case 'F64':
      return { dtype: 'F64', shape, data: new Float64Array(copy.buffer, 0, copy.length / 8) }
    case 'F32':
      return { dtype: 'F32', shape, data: new Float32Array(copy.buffer, 0, copy.length / 4) }
    case 'I32':
      return { dtype: 'I32', shape, data: new Int32Array(copy.buffer, 0, copy.length / 4) }
    case 'U8':
      return { dtype: 'U8', shape, data: copy }
  }
}
