import { isDomainError } from '@lethe/domain'
import { crc32 } from './crc32.js'
import { readForeignWeights } from './read-foreign-weights.js'

/** Numbers of so many bytes, little-endian. */
const le = (value: number, bytes: number): number[] =>
  Array.from({ length: bytes }, (_, index) => Math.floor(value / 256 ** index) % 256)

export interface PlannedEntry {
  readonly name: string
  readonly data: Uint8Array
  /** What the archive says of it, where that is not the truth. */
  readonly lies?: Partial<Record<'size' | 'stored' | 'offset' | 'method' | 'flags' | 'crc', number>> & {
    readonly localName?: string
  }
}

/** A zip archive by hand: stored files, one directory, an end record. `end` overrides what the end record says. */
export function zipOf(
  entries: readonly PlannedEntry[],
  end: { count?: number; size?: number; begin?: number } = {},
): Uint8Array {
  const bytes: number[] = []
  const directory: number[] = []
  for (const { name, data, lies = {} } of entries) {
    const offset = bytes.length
    const local = [...new TextEncoder().encode(lies.localName ?? name)]
    const called = [...new TextEncoder().encode(name)]
    const crc = lies.crc ?? crc32(data)
    const sizes = [...le(crc, 4), ...le(lies.stored ?? lies.size ?? data.length, 4), ...le(lies.size ?? data.length, 4)]
    const kind = [...le(lies.flags ?? 0, 2), ...le(lies.method ?? 0, 2), ...le(0, 4)]
    bytes.push(...le(0x04034b50, 4), ...le(20, 2), ...kind, ...sizes, ...le(local.length, 2), ...le(0, 2), ...local)
    for (const byte of data) bytes.push(byte)
    directory.push(...le(0x02014b50, 4), ...le(20, 2), ...le(20, 2), ...kind, ...sizes, ...le(called.length, 2))
    directory.push(...le(0, 12), ...le(lies.offset ?? offset, 4), ...called)
  }
  const { count = entries.length, size = directory.length, begin = bytes.length } = end
  const tail = [
    ...le(0x06054b50, 4),
    ...le(0, 4),
    ...le(count, 2),
    ...le(count, 2),
    ...le(size, 4),
    ...le(begin, 4),
    ...le(0, 2),
  ]
  return Uint8Array.from(bytes.concat(directory, tail))
}

/** Instructions of a pickle, by Python's names for them. */
export const op = {
  mark: [0x28],
  stop: [0x2e],
  none: [0x4e],
  dict: [0x7d],
  list: [0x5d],
  tuple: [0x74],
  setItem: [0x73],
  setItems: [0x75],
  append: [0x61],
  reduce: [0x52],
  build: [0x62],
  newObject: [0x81],
  persistent: [0x51],
  int: (value: number): number[] => [0x4a, ...le(value < 0 ? value + 2 ** 32 : value, 4)],
  text: (value: string): number[] => {
    const bytes = [...new TextEncoder().encode(value)]
    return [0x58, ...le(bytes.length, 4), ...bytes]
  },
  global: (module: string, name: string): number[] => [0x63, ...new TextEncoder().encode(`${module}\n${name}\n`)],
  put: (key: number): number[] => [0x72, ...le(key, 4)],
  get: (key: number): number[] => [0x6a, ...le(key, 4)],
}

export const pickleOf = (...instructions: readonly (readonly number[])[]): Uint8Array =>
  Uint8Array.from([0x80, 2, ...instructions.flat(), ...op.stop])

const tupleOf = (...values: readonly (readonly number[])[]): number[] => [...op.mark, ...values.flat(), ...op.tuple]

/** A tensor of float32 in storage `key` of so many elements. */
export function tensor(
  key: string,
  elements: number,
  offset: number,
  size: readonly number[],
  stride: readonly number[],
  type = 'FloatStorage',
): number[] {
  const storage = tupleOf(op.text('storage'), op.global('torch', type), op.text(key), op.text('cpu'), op.int(elements))
  const args = tupleOf(
    [...storage, ...op.persistent],
    op.int(offset),
    tupleOf(...size.map(op.int)),
    tupleOf(...stride.map(op.int)),
    [0x89],
    [...op.global('collections', 'OrderedDict'), ...tupleOf(), ...op.reduce],
  )
  return [...op.global('torch._utils', '_rebuild_tensor_v2'), ...args, ...op.reduce]
}

/** A dictionary of these members. */
export const dictOf = (members: readonly (readonly [string, readonly number[]])[]): number[] => [
  ...op.dict,
  ...op.mark,
  ...members.flatMap(([key, value]) => [...op.text(key), ...value]),
  ...op.setItems,
]

/** What torch.save writes, with this pickle and these storages. */
export const torchFileOf = (pickle: Uint8Array, storages: Readonly<Record<string, Uint8Array>> = {}): Uint8Array =>
  zipOf([
    { name: 'archive/data.pkl', data: pickle },
    { name: 'archive/byteorder', data: new TextEncoder().encode('little') },
    ...Object.entries(storages).map(([key, data]) => ({ name: `archive/data/${key}`, data })),
  ])

export const floats = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer)

export const six = floats(1, 2, 3, 4, 5, 6)

/** A file that is read. */
export const good = torchFileOf(pickleOf(dictOf([['a', tensor('0', 6, 0, [2, 3], [3, 1])]])), { '0': six })

/** Code of the refusal, of the file or of its tensors; `accepted` where all is read. */
export function outcome(bytes: Uint8Array): string {
  try {
    for (const found of readForeignWeights(bytes, 'The file').tensors.values()) found.read()
    return 'accepted'
  } catch (error) {
    if (isDomainError(error)) return error.code
    throw error
  }
}
