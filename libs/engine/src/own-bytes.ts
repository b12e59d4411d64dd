/** Bytes with a buffer of their own, which may be moved to another thread; copied only where they share one. */
export function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = bytes
  if (buffer instanceof ArrayBuffer && byteOffset === 0 && byteLength === buffer.byteLength && !Buffer.isBuffer(bytes))
    return new Uint8Array(buffer)
  return new Uint8Array(bytes)
}

/** A copy of the value in which every Uint8Array owns its buffer, and those buffers, each once. */
export function prepareTransfer<T>(value: T): { value: T; transfer: ArrayBuffer[] } {
  const moved = new Map<unknown, Uint8Array<ArrayBuffer>>()
  const walk = (part: unknown): unknown => {
    if (part instanceof Uint8Array) {
      const owned = moved.get(part) ?? ownBytes(part)
      moved.set(part, owned)
      return owned
    }
    if (Array.isArray(part)) return part.map(walk)
    if (isPlain(part)) return Object.fromEntries(Object.entries(part).map(([key, inner]) => [key, walk(inner)]))
    return part
  }
  const prepared = walk(value) as T
  return { value: prepared, transfer: [...new Set([...moved.values()].map(({ buffer }) => buffer))] }
}

const isPlain = (part: unknown): part is object =>
  part !== null && typeof part === 'object' && Object.getPrototypeOf(part) === Object.prototype
