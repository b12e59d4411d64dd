/** How deep structs and lists of a Parquet footer or page header go, with room to spare. */
const MAX_DEPTH = 24
const MAX_VARINT_BYTES = 10

/**
 * Walks a struct of Thrift's compact protocol without building it, so that a list which announces more than can follow
 * never gets memory. https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 * @returns the offset behind the struct.
 * @throws RangeError when it does not end within `bytes`.
 */
export function assertStruct(bytes: Uint8Array, start: number, depth = 0): number {
  if (depth > MAX_DEPTH) throw new RangeError('nested too deep')
  let at = start
  for (;;) {
    const byte = byteAt(bytes, at++)
    const type = byte & 0x0f
    if (type === Type.stop) return at
    if (byte >> 4 === 0) at = skipVarint(bytes, at)
    // In a struct a boolean is its own type and takes no room.
    at = type === Type.true || type === Type.false ? at : skip(bytes, at, type, depth + 1)
  }
}

const Type = {
  stop: 0,
  true: 1,
  false: 2,
  byte: 3,
  i16: 4,
  i32: 5,
  i64: 6,
  double: 7,
  binary: 8,
  list: 9,
  struct: 12,
} as const

function skip(bytes: Uint8Array, at: number, type: number, depth: number): number {
  switch (type) {
    case Type.true:
    case Type.false:
    case Type.byte:
      return within(bytes, at + 1)
    case Type.i16:
    case Type.i32:
    case Type.i64:
      return skipVarint(bytes, at)
    case Type.double:
      return within(bytes, at + 8)
    case Type.binary: {
      const [length, from] = readVarint(bytes, at)
      return within(bytes, from + length)
    }
    case Type.list:
      return skipList(bytes, at, depth)
    case Type.struct:
      return assertStruct(bytes, at, depth)
    default:
      throw new RangeError('unknown type')
  }
}

function skipList(bytes: Uint8Array, start: number, depth: number): number {
  const byte = byteAt(bytes, start)
  const [count, from] = byte >> 4 === 15 ? readVarint(bytes, start + 1) : [byte >> 4, start + 1]
  // Every element takes at least a byte.
  within(bytes, from + count)
  let at = from
  for (let i = 0; i < count; i++) at = skip(bytes, at, byte & 0x0f, depth + 1)
  return at
}

function within(bytes: Uint8Array, at: number): number {
  if (at > bytes.length) throw new RangeError('ends too early')
  return at
}

function byteAt(bytes: Uint8Array, at: number): number {
  within(bytes, at + 1)
  return bytes[at] as number
}

const skipVarint = (bytes: Uint8Array, at: number): number => readVarint(bytes, at)[1]

/** Unsigned LEB128. @returns the number and the offset behind it. */
export function readVarint(bytes: Uint8Array, start: number): [value: number, end: number] {
  let value = 0
  for (let i = 0; i < MAX_VARINT_BYTES; i++) {
    const byte = byteAt(bytes, start + i)
    value += (byte & 0x7f) * 2 ** (7 * i)
    if (byte < 0x80) return [value, start + i + 1]
  }
  throw new RangeError('a number is too long')
}
