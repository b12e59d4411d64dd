import { z } from 'zod'

/** A float32 tensor, row-major. */
export interface Matrix {
  shape: readonly number[]
  data: Float32Array
}

export class SafetensorsError extends Error {
  override name = 'SafetensorsError'
}

/** Headers of alignment matrices are a few hundred bytes; the format's own limit is 100 MB. */
const headerLimitBytes = 1 << 20

const Entry = z.object({
  dtype: z.string(),
  shape: z.array(z.int().min(0)).max(8),
  data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
})

/**
 * Reads every float32 tensor of a safetensors file. Refuses a header or an offset that leaves the buffer, a tensor
 * whose bytes disagree with its shape, and values that are not finite.
 */
export function readSafetensors(buffer: ArrayBuffer): Map<string, Matrix> {
  if (buffer.byteLength < 8) throw new SafetensorsError('shorter than its own header length')
  const view = new DataView(buffer)
  const headerBytes = Number(view.getBigUint64(0, true))
  if (headerBytes > headerLimitBytes || headerBytes > buffer.byteLength - 8) {
    throw new SafetensorsError('the header is longer than the file')
  }
  const dataStart = 8 + headerBytes
  const tensors = new Map<string, Matrix>()
  for (const [name, raw] of Object.entries(parseHeader(new Uint8Array(buffer, 8, headerBytes)))) {
    if (name === '__metadata__') continue
    const entry = Entry.safeParse(raw)
    if (!entry.success) throw new SafetensorsError(`tensor ${name} is badly described`)
    if (entry.data.dtype !== 'F32') continue
    tensors.set(name, readTensor(view, dataStart, name, entry.data))
  }
  return tensors
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    if (typeof header === 'object' && header !== null && !Array.isArray(header))
      return header as Record<string, unknown>
  } catch {
    // Refused below, like any other header that is no object.
  }
  throw new SafetensorsError('the header is not a JSON object')
}

function readTensor(
  view: DataView,
  dataStart: number,
  name: string,
  { shape, data_offsets: [begin, end] }: z.infer<typeof Entry>,
): Matrix {
  const count = shape.reduce((product, size) => product * size, 1)
  if (end < begin || dataStart + end > view.byteLength) throw new SafetensorsError(`tensor ${name} leaves the file`)
  if (end - begin !== count * 4) throw new SafetensorsError(`tensor ${name} has not as many bytes as its shape says`)
  const data = new Float32Array(count)
  for (let index = 0; index < count; index++) {
    const value = view.getFloat32(dataStart + begin + index * 4, true)
    if (!Number.isFinite(value)) throw new SafetensorsError(`tensor ${name} holds a value that is not finite`)
    data[index] = value
  }
  return { shape, data }
}
