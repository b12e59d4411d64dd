import { isDomainError } from '@lethe/domain'
import { readSafetensorsLayout } from '@lethe/safetensors'
import { decodeFloats, rowMajor, type ForeignTensor } from './foreign-tensor.js'
import { refuse } from './interop-error.js'
import { readTorchFile, type TorchFile } from './read-torch-file.js'

/**
 * The tensors of a safetensors file, or of what torch.save wrote (`.pth`, `.pt`, `.ckpt`); the bytes decide which. `called` is
 * how a refusal calls the file.
 * @throws DomainError INTEROP_*
 */
export function readForeignWeights(bytes: Uint8Array, called: string): TorchFile {
  if (startsWith(bytes, [0x50, 0x4b, 0x03, 0x04])) return readTorchFile(bytes)
  if (bytes[8] === 0x7b) return { tensors: readSafetensors(bytes, called), unread: [] }
  // A bare pickle, or a tar archive of pickles: torch.save before 1.6.
  const isOld = startsWith(bytes, [0x80, 0x02]) || startsWith(bytes.subarray(257), [0x75, 0x73, 0x74, 0x61, 0x72])
  return refuse(
    'INTEROP_FORMAT',
    isOld
      ? `${called} has the form that torch.save wrote before PyTorch 1.6; load it and save it again with a later one.`
      : `${called} is neither a safetensors file nor one that torch.save wrote.`,
  )
}

const startsWith = (bytes: Uint8Array, start: readonly number[]): boolean =>
  start.every((byte, index) => bytes[index] === byte)

function readSafetensors(bytes: Uint8Array, called: string): ReadonlyMap<string, ForeignTensor> {
  try {
    return new Map(
      [...readSafetensorsLayout(bytes).tensors].map(([name, { dtype, shape, bytes: data }]) => [
        name,
        { dtype, shape, bytes: data.length, read: () => decodeFloats(dtype, data, rowMajor(shape), name) },
      ]),
    )
  } catch (error) {
    if (isDomainError(error)) refuse('INTEROP_FORMAT', `${called} cannot be read as safetensors: ${error.message}`)
    throw error
  }
}
