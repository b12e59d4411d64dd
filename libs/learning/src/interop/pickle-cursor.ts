import { refuse } from './interop-error.js'

/** Reads a pickle's bytes in order. Nothing is read beyond them. */
export class PickleCursor {
  private at = 0
  private readonly view: DataView

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  take(count: number): Uint8Array {
    return this.bytes.subarray(this.advance(count), this.at)
  }

  byte = (): number => this.view.getUint8(this.advance(1))
  uint16 = (): number => this.view.getUint16(this.advance(2), true)
  int32 = (): number => this.view.getInt32(this.advance(4), true)
  uint32 = (): number => this.view.getUint32(this.advance(4), true)
  uint64 = (): number => Number(this.view.getBigUint64(this.advance(8), true))
  float64 = (): number => this.view.getFloat64(this.advance(8))

  text(count: number): string {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(this.take(count))
    } catch (error) {
      if (!(error instanceof TypeError)) throw error
      return refuse('INTEROP_PICKLE', 'The pickle holds a text that is not UTF-8.')
    }
  }

  /** Up to the end of the line, which is left out. */
  line(): string {
    const end = this.bytes.indexOf(0x0a, this.at)
    if (end < 0) refuse('INTEROP_PICKLE', 'The pickle ends in the middle.')
    const text = this.text(end - this.at)
    this.advance(1)
    return text
  }

  /** Little-endian two's complement; exact. */
  integer(count: number): number | bigint {
    let value = 0n
    const bytes = this.take(count)
    for (const byte of [...bytes].reverse()) value = (value << 8n) | BigInt(byte)
    if (((bytes.at(-1) ?? 0) & 0x80) !== 0) value -= 1n << BigInt(8 * count)
    return BigInt.asIntN(53, value) === value ? Number(value) : value
  }

  private advance(count: number): number {
    const from = this.at
    if (count > this.bytes.length - from) refuse('INTEROP_PICKLE', 'The pickle ends in the middle.')
    this.at = from + count
    return from
  }
}
