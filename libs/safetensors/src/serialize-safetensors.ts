import { bytesPerElement, elementCount, METADATA_KEY, refuse, type StoredTensor } from './stored-tensor.js'

const byCodeUnits = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** Wide types first, so that every tensor is aligned to its element; then by name. */
function inFileOrder(tensors: ReadonlyMap<string, StoredTensor>): [string, StoredTensor][] {
  return [...tensors].sort(([a, x], [b, y]) => bytesPerElement[y.dtype] - bytesPerElement[x.dtype] || byCodeUnits(a, b))
}

/**
 * The safetensors file (https://github.com/huggingface/safetensors#format) of these tensors. Equal contents give
 * equal bytes, whatever order the maps were filled in: names and metadata are sorted, padding is fixed.
 * @throws DomainError SAFETENSORS_LAYOUT when a tensor's data does not match its shape.
 */
export function serializeSafetensors(
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const ordered = inFileOrder(tensors)
  const entries: [string, unknown][] = []
  const strings = Object.entries(metadata).sort(([a], [b]) => byCodeUnits(a, b))
  if (strings.length > 0) entries.push([METADATA_KEY, strings])
  let end = 0
  for (const [name, tensor] of ordered) {
    if (name === METADATA_KEY) refuse('SAFETENSORS_HEADER', `A tensor cannot be called ${METADATA_KEY}.`, name)
    if (elementCount(tensor.shape) !== tensor.data.length)
      refuse(
        'SAFETENSORS_LAYOUT',
        `Shape [${tensor.shape.join(', ')}] does not hold ${tensor.data.length} elements.`,
        name,
      )
    const begin = end
    end += tensor.data.byteLength
    entries.push([name, { dtype: tensor.dtype, shape: tensor.shape, data_offsets: [begin, end] }])
  }
  const header = new TextEncoder().encode(padHeader(writeHeader(entries)))
  const file = new Uint8Array(8 + header.length + end)
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true)
  file.set(header, 8)
  let offset = 8 + header.length
  for (const [, { data }] of ordered) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset)
    offset += data.byteLength
  }
  return file
}

/** By hand, because an object would move integer-like names to the front. */
function writeHeader(entries: readonly [string, unknown][]): string {
  const members = entries.map(([name, value]) => {
    const body = name === METADATA_KEY ? writeObject(value as [string, string][]) : JSON.stringify(value)
    return `${JSON.stringify(name)}:${body}`
  })
  return `{${members.join(',')}}`
}

const writeObject = (members: readonly [string, string][]): string =>
  `{${members.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`

/** Spaces up to a multiple of 8 bytes, as the reference implementation writes. */
function padHeader(header: string): string {
  const bytes = new TextEncoder().encode(header).length
  return header + ' '.repeat((8 - (bytes % 8)) % 8)
}
