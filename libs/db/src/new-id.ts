import { randomFillSync } from 'node:crypto'

/**
 * A UUIDv7 (RFC 9562 § 5.7): sorts by the millisecond it was made in, so rows land at the end of their index.
 * `nowMs` is the Unix time in milliseconds.
 */
export function newId(nowMs: number = Date.now()): string {
  const bytes = randomFillSync(Buffer.alloc(16))
  bytes.writeUIntBE(nowMs, 0, 6)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
