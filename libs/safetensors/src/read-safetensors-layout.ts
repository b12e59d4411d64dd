import { duplicateKey } from './duplicate-key.js'
import { elementCount, METADATA_KEY, refuse } from './stored-tensor.js'

/** The reference implementation's own limit. */
const MAX_HEADER_BYTES = 100_000_000
const MAX_RANK = 16

/** Bytes per element of every type of the format whose elements are whole bytes. */
const formatTypes: Readonly<Record<string, number>> = {
  ...{ F64: 8, I64: 8, U64: 8, F32: 4, I32: 4, U32: 4, F16: 2, BF16: 2, I16: 2, U16: 2 },
  ...{ F8_E5M2: 1, F8_E4M3: 1, I8: 1, U8: 1, BOOL: 1 },
}

/** A tensor as its bytes, little-endian and row-major. */
export interface RawTensor {
  readonly dtype: string
  readonly shape: readonly number[]
  /** A view of the file. */
  readonly bytes: Uint8Array
}

export interface SafetensorsLayout {
  readonly tensors: ReadonlyMap<string, RawTensor>
  readonly metadata: Readonly<Record<string, string>>
}

interface Entry {
  readonly name: string
  readonly dtype: string
  readonly shape: readonly number[]
  readonly begin: number
  readonly end: number
}

/**
 * Finds the tensors of a safetensors file, of any type that the format has. Every byte belongs to exactly one tensor, so
 * that nothing can be hidden in a file that passes.
 * @param types bytes per element of the types that are taken.
 * @throws DomainError with a SAFETENSORS_* code; `field` names the tensor where there is one.
 */
export function readSafetensorsLayout(
  bytes: Uint8Array,
  types: Readonly<Record<string, number>> = formatTypes,
): SafetensorsLayout {
  const headerLength = readHeaderLength(bytes)
  const header = readHeader(bytes.subarray(8, 8 + headerLength))
  const body = bytes.subarray(8 + headerLength)
  const { [METADATA_KEY]: strings, ...members } = header
  const metadata = readMetadata(strings)
  const entries = Object.entries(members).map(([name, value]) => readEntry(name, value, types))
  assertCovered(entries, body.length)
  return {
    tensors: new Map(
      entries.map(({ name, dtype, shape, begin, end }) => [name, { dtype, shape, bytes: body.subarray(begin, end) }]),
    ),
    metadata,
  }
}

function readHeaderLength(bytes: Uint8Array): number {
  if (bytes.length < 8) refuse('SAFETENSORS_TRUNCATED', 'The file is shorter than its own length field of 8 bytes.')
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(0, true)
  if (length > BigInt(MAX_HEADER_BYTES))
    refuse('SAFETENSORS_HEADER', `The header announces ${length} bytes; at most ${MAX_HEADER_BYTES} are read.`)
  if (length > BigInt(bytes.length - 8))
    refuse('SAFETENSORS_TRUNCATED', `The header announces ${length} bytes but only ${bytes.length - 8} follow.`)
  return Number(length)
}

function readHeader(bytes: Uint8Array): Record<string, unknown> {
  if (bytes[0] !== 0x7b) refuse('SAFETENSORS_HEADER', 'The header does not begin with "{".')
  let text: string
  let header: unknown
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    header = JSON.parse(text)
  } catch {
    refuse('SAFETENSORS_HEADER', 'The header is not JSON in UTF-8.')
  }
  const twice = duplicateKey(text)
  if (twice !== null) refuse('SAFETENSORS_HEADER', 'The header names the same key twice.', twice)
  return header as Record<string, unknown>
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function readMetadata(value: unknown): Record<string, string> {
  if (value === undefined) return {}
  if (!isRecord(value) || Object.values(value).some((entry) => typeof entry !== 'string'))
    refuse('SAFETENSORS_HEADER', 'Metadata must map strings to strings.', METADATA_KEY)
  return value as Record<string, string>
}

const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

function readEntry(name: string, value: unknown, types: Readonly<Record<string, number>>): Entry {
  if (!isRecord(value)) refuse('SAFETENSORS_HEADER', 'A tensor is described by an object.', name)
  const { dtype, shape, data_offsets: offsets } = value
  const elementBytes = typeof dtype === 'string' && Object.hasOwn(types, dtype) ? types[dtype] : undefined
  if (elementBytes === undefined)
    refuse('SAFETENSORS_DTYPE', `Only the types ${Object.keys(types).join(', ')} are read.`, name)
  if (!Array.isArray(shape) || shape.length > MAX_RANK || !shape.every(isSize))
    refuse('SAFETENSORS_HEADER', `A shape is a list of at most ${MAX_RANK} whole numbers.`, name)
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize))
    refuse('SAFETENSORS_HEADER', 'data_offsets is a pair of whole numbers.', name)
  const [begin, end] = offsets as [number, number]
  const size = elementCount(shape) * elementBytes
  if (!Number.isSafeInteger(size) || end - begin !== size)
    refuse('SAFETENSORS_LAYOUT', `Bytes ${begin} to ${end} do not hold shape [${shape.join(', ')}].`, name)
  return { name, dtype: dtype as string, shape, begin, end }
}

function assertCovered(entries: readonly Entry[], size: number): void {
  let covered = 0
  for (const entry of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (entry.begin < covered) refuse('SAFETENSORS_LAYOUT', 'Two tensors share bytes.', entry.name)
    if (entry.begin > covered) refuse('SAFETENSORS_LAYOUT', 'Bytes before this tensor belong to none.', entry.name)
    covered = entry.end
  }
  if (covered > size)
    refuse('SAFETENSORS_TRUNCATED', `The tensors need ${covered} bytes but ${size} follow the header.`)
  if (covered < size) refuse('SAFETENSORS_LAYOUT', `${size - covered} bytes at the end belong to no tensor.`)
}
